using ProxyCluster.Core.Configuration;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.Silo.Clustering;
using ProxyCluster.Silo.Storage;

namespace ProxyCluster.Silo.Hosting;

/// <summary>The process that hosts grains; in its role <c>all</c>, the gateway too.</summary>
public static class SiloApplication
{
    /// <summary>Builds the host. It is started by the caller.</summary>
    /// <param name="args">Settings as <c>--role silo</c> and <c>--Listen:Data=http://…</c>, which override file and environment.</param>
    /// <param name="extensions">Extensions of the program that hosts the gateway, beside those that the configuration names.</param>
    public static WebApplication Create(string[] args, params IReadOnlyList<IGatewayExtension> extensions)
    {
        ArgumentNullException.ThrowIfNull(args);
        var configuration = ConfigurationStart.Read(args, ProgramKind.Silo, extensions);
        var options = configuration.Options;
        var hasGateway = options.Role == "all";
        var data = options.Cluster.Redis is null ? DataDirectory.Take(options.Cluster.DataDirectory) : null;
        try
        {
            var ports = SiloPorts.Choose(options);

            // A silo alone answers probes and metrics; what else there is, its gateways answer.
            var listen = hasGateway ? options.Listen : new ListenOptions { Data = "", Admin = null, Ops = options.Listen.Ops };
            var builder = HostSetup.CreateBuilder(configuration, "proxycluster-silo", listen);
            if (data is not null)
            {
                builder.Services.AddSingleton(_ => data);
            }

            builder.Services.AddSingleton(new StartNotes($"silo ({options.Role})", ports.Moved is { } moved ? [moved] : []));
            builder.AddSilo(options, data, ports);
            if (hasGateway)
            {
                builder.Services.AddGateway(options, configuration.Reader.Extensions);
            }

            var app = builder.Build();
            if (hasGateway)
            {
                app.UseGateway();
            }
            else
            {
                app.UseOps();
            }

            // Made by the container, so that it lets the directory go when the host ends.
            _ = app.Services.GetService<DataDirectory>();
            return app;
        }
        catch
        {
            data?.Dispose();
            throw;
        }
    }
}
