using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Configuration;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>The front end alone: a client of the cluster, without grains.</summary>
public static class GatewayApplication
{
    /// <summary>Builds the host. It is started by the caller.</summary>
    /// <param name="args">Settings as <c>--Listen:Data=http://…</c>, which override file and environment.</param>
    /// <param name="extensions">Extensions of the program that hosts the gateway, beside those that the configuration names.</param>
    public static WebApplication Create(string[] args, params IReadOnlyList<IGatewayExtension> extensions)
    {
        ArgumentNullException.ThrowIfNull(args);
        var configuration = ConfigurationStart.Read(args, ProgramKind.Gateway, extensions);
        var options = configuration.Options;
        var builder = HostSetup.CreateBuilder(configuration, "proxycluster-gateway", options.Listen);
        builder.AddClusterClient(options);
        builder.Services.AddSingleton(new StartNotes("gateway-api", []));
        builder.Services.AddGateway(options, configuration.Reader.Extensions);
        var app = builder.Build();
        app.UseGateway();
        return app;
    }
}
