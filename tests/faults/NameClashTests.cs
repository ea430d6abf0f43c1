using ProxyCluster.Tests.Faults.Cluster;

namespace ProxyCluster.Tests.Faults;

/// <summary>A gateway's file names a provider that the admin API made. Known at the start, or not before the cluster is back.</summary>
public sealed class NameClashTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Gateway_WhoseFileClashes_EndsWithOneSentence_AlsoWhereTheClusterWasAwayAtItsStart()
    {
        await using var cluster = await ClusterUnderTest.StartAsync(silos: 1, gateways: 1);
        await cluster.AddProviderAsync("taken", "taken-model");

        await using var known = await cluster.StartGatewayNamingAsync("taken");
        await AssertRefusesAsync(known);

        await cluster.Silos[0].Process.KillAsync();
        await using var late = await cluster.StartGatewayNamingAsync("taken");
        await late.Process.WaitForOutputAsync("started as", Patience);
        await cluster.Silos[0].RestartAsync();
        await AssertRefusesAsync(late);
    }

    private static async Task AssertRefusesAsync(Support.Processes.GatewayProcess gateway)
    {
        await gateway.Process.Exited.WaitAsync(Patience);

        Assert.Equal(1, gateway.Process.ExitCode);
        var sentence = Assert.Single(gateway.Process.Errors.TrimEnd().Split('\n'));
        Assert.Contains("made through the admin API: taken.", sentence, StringComparison.Ordinal);
    }
}
