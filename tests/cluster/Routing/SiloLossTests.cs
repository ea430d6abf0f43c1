using ProxyCluster.Core.Providers;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.GrainInterfaces.Routing;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Routing;

public sealed class SiloLossTests
{
    [Fact]
    public async Task Definitions_AfterEverySiloWasLost_AreAllThereUnderTheSameVersion()
    {
        await using var fixture = await ClusterFixture.StartAsync(silos: 2);
        await fixture.Table().PublishFileAsync(Tables.FileOf("a:1", 3, Tables.File("p", "m")));
        await fixture.Provider("made").SetAsync(Tables.Api("made", "x"), 0);
        var before = (await fixture.Look()).Definitions!;

        foreach (var silo in fixture.Cluster.Silos.ToList())
        {
            await fixture.Cluster.StartAdditionalSiloAsync();
            await fixture.Cluster.KillSiloAsync(silo);
        }

        // The old client learns of new gateways by a real timer only.
        await fixture.Cluster.KillClientAsync();
        await fixture.Cluster.InitializeClientAsync();

        Assert.Equal(before.Version, (await fixture.Look()).Definitions!.Version);
        Assert.Equal(["made:x@1", "p:m@1"], await fixture.Published());
        Assert.Equal(3, (await fixture.Table().StatusAsync()).Generation);
        Assert.Equal(new DefinitionChange(DefinitionChangeResult.Stored, 2), await fixture.Provider("made").SetAsync(Tables.Api("made", "y"), 1));
    }

    [Fact]
    public async Task Definition_StoredButNotYetPublished_ReachesTheTableWhenItsGrainWakes()
    {
        await using var lost = await ClusterFixture.StartAsync(silos: 1);
        await lost.Provider("p").SetAsync(Tables.Api("p", "m"), 0);
        var stored = lost.Storage.Find(lost.Provider("p").GrainIdOf())!;

        await using var fixture = await ClusterFixture.StartAsync(silos: 1);
        fixture.Storage.Put(fixture.Provider("p").GrainIdOf(), stored);
        Assert.Empty(await fixture.Published());

        await fixture.Provider("p").ReportAsync(Tables.Batch(Guid.NewGuid(), 1, Tables.Report(AttemptOutcome.Succeeded)));
        for (var i = 0; i < 100 && !(await fixture.Published()).Any(); i++)
        {
            fixture.Clock.Advance(TimeSpan.FromMilliseconds(250));
            await fixture.Provider("p").DescribeAsync();
        }

        Assert.Equal(["p:m@1"], await fixture.Published());
    }

    [Fact]
    public async Task Table_WhoseStoreWasWrittenBehindItsBack_GivesUpAndReadsAnew()
    {
        await using var fixture = await ClusterFixture.StartAsync(silos: 1);
        await fixture.Table().PublishFileAsync(Tables.FileOf("a:1", 1, Tables.File("p", "m")));
        fixture.Storage.Touch(fixture.Table().GrainIdOf());

        var refused = await fixture.Table().PublishFileAsync(Tables.FileOf("a:1", 2, Tables.File("p", "n")));
        Assert.Equal(FilePublicationResult.StoreUnavailable, refused.Result);

        var taken = await fixture.Table().PublishFileAsync(Tables.FileOf("a:1", 2, Tables.File("p", "n")));
        Assert.Equal(FilePublicationResult.InForce, taken.Result);
    }
}
