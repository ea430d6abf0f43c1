using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.GrainInterfaces.Routing;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Routing;

/// <summary>Short forms of what gateways and operators tell the routing slice.</summary>
internal static class Tables
{
    public static ProviderDefinition Api(string name, params string[] models) => Definition(name, DefinitionSource.Api, models);

    public static ProviderDefinition File(string name, params string[] models) => Definition(name, DefinitionSource.File, models);

    public static FileDefinitions FileOf(string process, long generation, params ProviderDefinition[] providers) =>
        new(process, generation, DefinitionHash.Of([.. providers], []), [.. providers], []);

    public static IRoutingTableGrain Table(this ClusterFixture fixture) => fixture.Grains.GetGrain<IRoutingTableGrain>(RoutingTable.Key);

    public static IProviderGrain Provider(this ClusterFixture fixture, string name) => fixture.Grains.GetGrain<IProviderGrain>(name);

    public static async Task<RoutingUpdate> Look(this ClusterFixture fixture) =>
        await fixture.Table().RelayAsync(new RelayPoll([], default, default, TimeSpan.Zero));

    public static async Task<IEnumerable<string>> Published(this ClusterFixture fixture) =>
        ((await fixture.Look()).Definitions?.Providers ?? []).Select(p => $"{p.Name}:{string.Join(',', p.Models.Select(m => m.Id))}@{p.Version}");

    public static OutcomeBatch Batch(Guid gateway, long sequence, params AttemptReport[] reports) => new(gateway, sequence, 1, [.. reports]);

    public static AttemptReport Report(AttemptOutcome outcome, string model = "m") =>
        new(model, outcome, Streamed: false, TimeSpan.FromSeconds(1), default, 0);

    public static GrainId GrainIdOf(this IAddressable grain) => grain.GetGrainId();

    private static ProviderDefinition Definition(string name, DefinitionSource source, string[] models) => new()
    {
        Name = name,
        Type = "openai",
        Source = source,
        Models = [.. models.Select(id => new ModelDefinition { Id = id })],
    };
}
