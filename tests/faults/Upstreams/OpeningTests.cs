using ProxyCluster.Tests.Faults.Cluster;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>What still goes to a dead provider once enough calls to it have failed, wherever in the cluster they failed.</summary>
public sealed class OpeningTests(ITestOutputHelper output)
{
    /// <summary>In the whole cluster: those under way while the gateways hear of it. Each may take several calls.</summary>
    private const int FailuresAfterOpening = 5;

    private const int RequestsPerSecond = 20;

    // Shorter than the shortest time that a circuit is open: no probe is among the calls.
    private static readonly TimeSpan Dead = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task DeadProviders_AreLeftAloneByTwoGatewaysAfterFiveCallsOfBoth()
    {
        UpstreamFault[] faults = [UpstreamFault.Failing, UpstreamFault.Resetting, UpstreamFault.Silent, UpstreamFault.Limited];
        await using var providers = await SickProviders.StartAsync(faults);
        await using var cluster = await ClusterUnderTest.StartAsync(silos: 1, gateways: 2, routes: providers.Routes(ClusterUnderTest.UpstreamKey));
        var clients = cluster.Gateways.Select(gateway => ClusterUnderTest.Client(gateway, cluster.AdminKey)).ToArray();
        var drill = new FaultDrill(providers, clients, faults, RequestsPerSecond);

        await drill.RunAsync(Dead, Patience);

        var outcomes = faults.Select(fault => (Fault: fault, Outcome: drill.OutcomeOf(fault))).ToArray();
        foreach (var (fault, outcome) in outcomes)
        {
            output.WriteLine($"{fault.Name}: {outcome}");
        }

        Assert.All(outcomes, one =>
        {
            Assert.True(one.Outcome.Calls >= one.Fault.TellingFailures, $"{one.Fault.Name} was not asked often enough to be known: {one.Outcome}");
            Assert.True(one.Outcome.CallsAfterTold <= FailuresAfterOpening * one.Fault.CallsAFailure, $"{one.Fault.Name} was not left alone: {one.Outcome}");
            Assert.True(one.Outcome.Failures.Count == 0, $"{one.Fault.Name}: {string.Join("\n", one.Outcome.Failures.Select(sent => sent.Fault))}");
        });
    }
}
