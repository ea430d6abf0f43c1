using ProxyCluster.Core.Providers;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.Tests.Cluster.Routing;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Providers;

public sealed class ProviderGrainTests : IAsyncLifetime
{
    private ClusterFixture _fixture = null!;

    private IProviderGrain Grain => _fixture.Provider("p");

    public async ValueTask InitializeAsync() => _fixture = await ClusterFixture.StartAsync(silos: 1);

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Set_New_IsStoredAndPublishedBeforeItIsAcknowledged()
    {
        var change = await Grain.SetAsync(Tables.Api("p", "m"), expectedVersion: 0);

        Assert.Equal(new DefinitionChange(DefinitionChangeResult.Stored, 1), change);
        Assert.NotNull(_fixture.Storage.Find(Grain.GrainIdOf()));
        Assert.Equal(["p:m@1"], await _fixture.Published());
    }

    [Fact]
    public async Task Set_VersionThatMovedOn_ChangesNothing()
    {
        await Grain.SetAsync(Tables.Api("p", "m"), 0);
        await Grain.SetAsync(Tables.Api("p", "n"), 1);

        Assert.Equal(new DefinitionChange(DefinitionChangeResult.VersionMismatch, 2), await Grain.SetAsync(Tables.Api("p", "x"), 1));
        Assert.Equal(new DefinitionChange(DefinitionChangeResult.VersionMismatch, 2), await Grain.SetAsync(Tables.Api("p", "x"), 0));
        Assert.Equal(["p:n@2"], await _fixture.Published());
    }

    [Fact]
    public async Task Set_SameContent_KeepsItsVersion()
    {
        await Grain.SetAsync(Tables.Api("p", "m"), 0);

        Assert.Equal(new DefinitionChange(DefinitionChangeResult.Stored, 1), await Grain.SetAsync(Tables.Api("p", "m"), null));
    }

    [Fact]
    public async Task Set_OfAnotherName_IsTheCallersMistake() =>
        await Assert.ThrowsAsync<ArgumentException>(async () => await Grain.SetAsync(Tables.Api("q", "m"), 0));

    [Fact]
    public async Task Change_OfAFilesProviderByTheApi_IsRefused()
    {
        await _fixture.Table().PublishFileAsync(Tables.FileOf("host:1", 1, Tables.File("p", "m")));

        Assert.Equal(DefinitionChangeResult.ManagedByFile, (await Grain.SetAsync(Tables.Api("p", "x"), null)).Result);
        Assert.Equal(DefinitionChangeResult.ManagedByFile, (await Grain.RemoveAsync(null, DefinitionSource.Api)).Result);
        Assert.Equal(["p:m@1"], await _fixture.Published());
    }

    [Fact]
    public async Task Remove_ThenMadeAnew_NeverRepeatsAVersion()
    {
        await Grain.SetAsync(Tables.Api("p", "m"), 0);
        Assert.Equal(DefinitionChangeResult.Stored, (await Grain.RemoveAsync(1, DefinitionSource.Api)).Result);
        Assert.Null(await Grain.DescribeAsync());
        Assert.Empty(await _fixture.Published());
        Assert.Equal(DefinitionChangeResult.NotFound, (await Grain.RemoveAsync(null, DefinitionSource.Api)).Result);

        Assert.Equal(new DefinitionChange(DefinitionChangeResult.Stored, 2), await Grain.SetAsync(Tables.Api("p", "m"), 0));
    }

    [Fact]
    public async Task Set_WhileTheStoreIsGone_IsRefusedAndChangesNothing()
    {
        await Grain.SetAsync(Tables.Api("p", "m"), 0);

        _fixture.Storage.IsFailing = true;
        Assert.Equal(DefinitionChangeResult.StoreUnavailable, (await Grain.SetAsync(Tables.Api("p", "x"), 1)).Result);
        _fixture.Storage.IsFailing = false;

        Assert.Equal(["m"], (await Grain.DescribeAsync())!.Definition.Models.Select(m => m.Id));
        Assert.Equal(new DefinitionChange(DefinitionChangeResult.Stored, 2), await Grain.SetAsync(Tables.Api("p", "y"), 1));
    }

    [Fact]
    public async Task Report_SentTwice_IsCountedOnce()
    {
        await Grain.SetAsync(Tables.Api("p", "m"), 0);
        var batch = Tables.Batch(Guid.NewGuid(), 1, Tables.Report(AttemptOutcome.Succeeded), Tables.Report(AttemptOutcome.ServerError));

        await Grain.ReportAsync(batch);
        await Grain.ReportAsync(batch);

        var described = (await Grain.DescribeAsync())!;
        Assert.Equal(1, described.Outcomes.Single(o => o.Outcome == AttemptOutcome.Succeeded).Count);
        Assert.Equal(1, described.Outcomes.Single(o => o.Outcome == AttemptOutcome.ServerError).Count);
    }

    [Fact]
    public async Task Report_OfAnUnknownProvider_IsPassedOver()
    {
        await Grain.ReportAsync(Tables.Batch(Guid.NewGuid(), 1, Tables.Report(AttemptOutcome.Succeeded)));

        Assert.Null(await Grain.DescribeAsync());
    }

    [Fact]
    public async Task Report_OfFailures_MakesItUnhealthyUntilTheyAreForgotten()
    {
        await Grain.SetAsync(Tables.Api("p", "m"), 0);
        await Grain.ReportAsync(Tables.Batch(Guid.NewGuid(), 1, [.. Enumerable.Repeat(Tables.Report(AttemptOutcome.TimedOut), 10)]));
        Assert.Equal(ProviderStatus.Unhealthy, (await Grain.DescribeAsync())!.Status);

        _fixture.Clock.Advance(StatusWindow.FailureMemory + TimeSpan.FromSeconds(1));
        Assert.Equal(ProviderStatus.Unknown, (await Grain.DescribeAsync())!.Status);
    }
}
