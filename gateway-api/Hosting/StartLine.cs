using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Tells in one line what has started, where it listens and what it serves.</summary>
/// <param name="Program">What has started, for example <c>silo (all)</c>.</param>
/// <param name="Notes">What else the operator should know, for example ports that were moved.</param>
internal sealed record StartNotes(string Program, IReadOnlyList<string> Notes);

/// <inheritdoc cref="StartNotes"/>
internal sealed partial class StartLine(
    StartNotes notes,
    ListenerAddresses addresses,
    IOptionsMonitor<ProxyClusterOptions> options,
    IHostApplicationLifetime lifetime,
    ILogger<StartLine> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Write);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Write()
    {
        DumpGuard.Tell(logger);
        LogStarted(
            logger,
            ProductVersion.Text,
            notes.Program,
            options.CurrentValue.Cluster.Redis is null ? "alone on this machine" : $"cluster '{options.CurrentValue.Cluster.ClusterId}'",
            Listeners(),
            Providers(),
            string.Concat(Remarks().Select(remark => "; " + remark)));
    }

    private string Listeners() => string.Join(", ", Enum.GetValues<Listener>()
        .Select(listener => (Name: listener.ToString().ToLowerInvariant(), Address: addresses.Of(listener)))
        .Where(listener => listener.Address is not null)
        .Select(listener => $"{listener.Name} {listener.Address!.GetLeftPart(UriPartial.Authority)}"));

    private string Providers() => options.CurrentValue.Providers.Count == 0
        ? "those of the cluster"
        : string.Join(", ", options.CurrentValue.Providers.Select(provider => provider.Name));

    private IEnumerable<string> Remarks()
    {
        var providers = options.CurrentValue.Providers;
        if (providers.Any(provider => provider.Source == DefinitionSource.Environment))
        {
            yield return providers.All(provider => provider.Type == "simulator")
                ? "nothing is configured, so a simulator answers in place of a model: set OPENAI_API_KEY or write a proxycluster.json"
                : "nothing is configured, so the providers are those found in the environment";
        }

        if (addresses.Data is not null && AuthenticationDecision.Of(options.CurrentValue.Auth, options.CurrentValue.Listen).Mode == AuthenticationMode.Open)
        {
            yield return "open to everyone on this machine, and to no other";
        }

        if (options.CurrentValue.Cluster is { Redis: not null, Tls.Certificate: null } cluster && !LoopbackNames.IsLoopback(cluster.AdvertisedAddress ?? ""))
        {
            yield return "silos and gateways speak in the clear, and with everybody: keep their ports to them, or set Cluster:Tls";
        }

        foreach (var note in notes.Notes)
        {
            yield return note;
        }
    }

    [LoggerMessage(LogLevel.Information, "ProxyCluster {Version} started as {Program}, {Cluster}; listens on {Listeners}; providers: {Providers}{Remarks}")]
    private static partial void LogStarted(ILogger logger, string version, string program, string cluster, string listeners, string providers, string remarks);
}
