using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Silo.Clustering;
using ProxyCluster.Silo.Storage;

namespace ProxyCluster.Silo.CommandLine;

/// <summary>
/// Makes a key where nobody can ask for one yet: through a short-lived silo on the data directory, or in a cluster
/// through one of its silos, or a short-lived one where none is up.
/// </summary>
internal static class KeyBootstrap
{
    private static readonly TimeSpan ClusterPatience = TimeSpan.FromSeconds(3);

    public static async Task<string> CreateAsync(KeyRequest request, IReadOnlyList<string> settings, CancellationToken cancellationToken)
    {
        var configuration = ConfigurationStart.Read(settings, ProgramKind.Silo);
        if (request.Unknown(RoleTable.Of(configuration.Options.Auth)) is { } fault)
        {
            throw new UsageFault(fault);
        }

        if (configuration.Options.Cluster.Redis is null)
        {
            using var data = DataDirectory.Take(configuration.Options.Cluster.DataDirectory);
            return await ThroughOwnSiloAsync(request, configuration, data, cancellationToken);
        }

        return await ThroughClusterAsync(request, configuration, cancellationToken)
            ?? await ThroughOwnSiloAsync(request, configuration, data: null, cancellationToken);
    }

    private static async Task<string> ThroughOwnSiloAsync(
        KeyRequest request, ConfigurationStart configuration, DataDirectory? data, CancellationToken cancellationToken)
    {
        var address = System.Net.IPAddress.Loopback;
        var builder = CreateBuilder(configuration);
        builder.AddSilo(configuration.Options, data, new(PortProbe.AnyFree(address), PortProbe.AnyFree(address), null));
        using var host = builder.Build();
        await host.StartAsync(cancellationToken);
        try
        {
            return await CreateAsync(host, request, cancellationToken);
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static async Task<string?> ThroughClusterAsync(KeyRequest request, ConfigurationStart configuration, CancellationToken cancellationToken)
    {
        var builder = CreateBuilder(configuration);
        builder.AddClusterClient(configuration.Options);
        using var host = builder.Build();
        await host.StartAsync(cancellationToken);
        try
        {
            return await host.Services.GetRequiredService<ClusterConnection>().WaitAsync(ClusterPatience, cancellationToken)
                ? await CreateAsync(host, request, cancellationToken)
                : null;
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }

    private static async Task<string> CreateAsync(IHost host, KeyRequest request, CancellationToken cancellationToken)
    {
        var created = await host.Services.GetRequiredService<KeyCreation>().CreateAsync(request.ToRecord(), cancellationToken);
        return created.Key.Reveal();
    }

    private static HostApplicationBuilder CreateBuilder(ConfigurationStart configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new() { ApplicationName = "proxycluster-keys" });

        // The key is what is printed; a log is for what goes wrong.
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddConfiguration(configuration);
        builder.Services.AddSingleton<PepperSource>();
        builder.Services.AddSingleton<KeyCreation>();
        return builder;
    }
}
