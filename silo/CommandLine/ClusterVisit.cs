using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.Silo.Clustering;
using ProxyCluster.Silo.Storage;

namespace ProxyCluster.Silo.CommandLine;

/// <summary>
/// Lets a command work with the grains where no gateway is asked: through a short-lived silo on the data directory, or in a
/// cluster through one of its silos, or a short-lived one where none is up.
/// </summary>
internal static class ClusterVisit
{
    private static readonly TimeSpan ClusterPatience = TimeSpan.FromSeconds(3);

    /// <summary>Does the work.</summary>
    /// <param name="settings">The process's settings, such as <c>--config</c>.</param>
    /// <param name="addServices">What the work needs beside the grains.</param>
    /// <param name="work">The work.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    /// <exception cref="StartFault">The configuration, the data directory or the cluster does not allow it.</exception>
    public static async Task<T> RunAsync<T>(
        IReadOnlyList<string> settings, Action<IServiceCollection> addServices, Func<IServiceProvider, Task<T>> work, CancellationToken cancellationToken)
        where T : class
    {
        var configuration = ConfigurationStart.Read(settings, ProgramKind.Silo);
        var visit = new Visit<T>(configuration, addServices, work);
        if (configuration.Options.Cluster.Redis is null)
        {
            using var data = DataDirectory.Take(configuration.Options.Cluster.DataDirectory);
            return await visit.ThroughOwnSiloAsync(data, cancellationToken);
        }

        return await visit.ThroughClusterAsync(cancellationToken) ?? await visit.ThroughOwnSiloAsync(data: null, cancellationToken);
    }

    private sealed class Visit<T>(ConfigurationStart configuration, Action<IServiceCollection> addServices, Func<IServiceProvider, Task<T>> work)
        where T : class
    {
        public async Task<T> ThroughOwnSiloAsync(DataDirectory? data, CancellationToken cancellationToken)
        {
            var address = System.Net.IPAddress.Loopback;
            var builder = CreateBuilder();
            builder.AddSilo(configuration.Options, data, new(PortProbe.AnyFree(address), PortProbe.AnyFree(address), null));
            using var host = builder.Build();
            await host.StartAsync(cancellationToken);
            try
            {
                return await work(host.Services);
            }
            finally
            {
                await host.StopAsync(CancellationToken.None);
            }
        }

        public async Task<T?> ThroughClusterAsync(CancellationToken cancellationToken)
        {
            var builder = CreateBuilder();
            builder.AddClusterClient(configuration.Options);
            using var host = builder.Build();
            await host.StartAsync(cancellationToken);
            try
            {
                return await host.Services.GetRequiredService<ClusterConnection>().WaitAsync(ClusterPatience, cancellationToken)
                    ? await work(host.Services)
                    : null;
            }
            finally
            {
                await host.StopAsync(CancellationToken.None);
            }
        }

        private HostApplicationBuilder CreateBuilder()
        {
            var builder = Host.CreateEmptyApplicationBuilder(new() { ApplicationName = "proxycluster-command" });

            // What the command tells is what is printed; a log is for what goes wrong.
            builder.Logging.SetMinimumLevel(LogLevel.Error).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Services.AddConfiguration(configuration);
            addServices(builder.Services);
            return builder;
        }
    }
}
