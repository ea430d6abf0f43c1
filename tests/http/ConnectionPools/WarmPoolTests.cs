using System.Globalization;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Tests.Http.ConnectionPools;

/// <summary>Connections that are there before a request is.</summary>
public sealed class WarmPoolTests
{
    [Fact]
    public async Task Upkeep_OpensTheWarmSize_WithoutARequest()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase();
        pools.Know(PoolCase.Define(upstream));

        await pools.TendAsync();

        await PoolCase.UntilAsync(() => upstream.Open == 5);
        Assert.Equal((5, 0), (pools.Figures.Ready, pools.Figures.Open));
        Assert.Equal(0, upstream.Requests);
    }

    [Fact]
    public async Task Request_OfAWarmPool_OpensNoConnection()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase();
        var provider = PoolCase.Define(upstream);
        pools.Know(provider);
        await pools.TendAsync();
        await PoolCase.UntilAsync(() => upstream.Open == 5);
        upstream.Release();

        Assert.Equal(HeldUpstream.Answer, await pools.AskAsync(provider));

        Assert.Equal((4, 1), (pools.Figures.Ready, pools.Figures.Open));
        Assert.Equal((5, 0), (pools.Figures.OpenedAhead, pools.Figures.OpenedOnDemand));
        Assert.Equal(5, upstream.Accepted);
    }

    [Fact]
    public async Task Streams_FarAboveTheSmallestWarmSize_NeverQueueForAConnection()
    {
        const int Streams = 200;
        await using var upstream = await HeldUpstream.StartAsync();
        var clock = TimeProvider.System;
        await using var pools = new PoolCase(clock: clock);
        var provider = PoolCase.Define(upstream);
        pools.Know(provider);
        await pools.TendAsync();
        Assert.Equal(5, pools.Figures.Ready);
        var times = new double[Streams];

        var streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(async i =>
        {
            var began = clock.GetTimestamp();
            var stream = await pools.BeginAsync(provider, PoolCase.Cancel);
            times[i] = clock.GetElapsedTime(began).TotalMilliseconds;
            return stream;
        })).WaitAsync(PoolCase.Patience, PoolCase.Cancel);

        // None has ended, and all are there: had one waited for another's connection, it would wait still.
        await upstream.AtOnceAsync(Streams).WaitAsync(PoolCase.Patience, PoolCase.Cancel);
        Assert.Equal((0, 0), (pools.Figures.Waiting, (int)pools.Figures.Queued));
        Assert.Equal((Streams, Streams), (pools.Figures.Open, pools.Figures.InFlight));
        Assert.Equal(5 + 195, pools.Figures.OpenedAhead + pools.Figures.OpenedOnDemand);
        upstream.Release();
        Assert.All(await Task.WhenAll(streams.Select(stream => stream.ReadAsync())), answer => Assert.Equal(HeldUpstream.Answer, answer));
        Array.ForEach(streams, stream => stream.Dispose());

        Assert.Equal(Streams, pools.Waits.Count);
        Tell("to the head of the answer", times);
        Tell("for a connection", [.. pools.Waits.Select(static seconds => seconds * 1000)]);
    }

    [Fact]
    public async Task Use_OfAPool_TakesNoMemory()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase();
        var provider = PoolCase.Define(upstream);
        Use(pools, provider);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            Use(pools, provider);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        pools.Clock.Advance(TimeSpan.FromSeconds(60));
        pools.Pool.Resize();
        Assert.Equal((1001, 0), (pools.Figures.Use.Requests, pools.Figures.InFlight));
    }

    private static void Use(PoolCase pools, ProviderDefinition provider)
    {
        if (pools.Clients.TryEnter(provider, out var client, out _))
        {
            client.Record(AttemptOutcome.Succeeded, TimeSpan.FromSeconds(1));
            client.Exit();
        }
    }

    private static void Tell(string what, double[] milliseconds)
    {
        Array.Sort(milliseconds);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"All begun at once, {what}: median {milliseconds[milliseconds.Length / 2]:0.0} ms, p99 {milliseconds[milliseconds.Length * 99 / 100]:0.0} ms, longest {milliseconds[^1]:0.0} ms."));
    }

    [Fact]
    public async Task Streams_AboveWhatTheProviderTakesAtOnce_WaitForAConnection()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase(new PoolOptions { MinSize = 0 });
        var provider = PoolCase.Define(upstream, maxConcurrency: 3);

        var answers = Enumerable.Range(0, 6).Select(_ => pools.AskAsync(provider)).ToArray();

        // Three, and the one that is left for checks.
        await upstream.AtOnceAsync(4).WaitAsync(PoolCase.Patience, PoolCase.Cancel);
        await PoolCase.UntilAsync(() => pools.Figures.Waiting == 2);
        Assert.Equal((4, 4), (upstream.Requests, pools.Figures.Open));
        upstream.Release();
        Assert.All(await Task.WhenAll(answers).WaitAsync(PoolCase.Patience, PoolCase.Cancel), answer => Assert.Equal(HeldUpstream.Answer, answer));
        Assert.Equal((4, 0), (upstream.Accepted, pools.Figures.InFlight));
    }

    [Fact]
    public async Task Limit_ThatRises_LetsInWhoWaits()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase(new PoolOptions { MinSize = 0 });
        var provider = PoolCase.Define(upstream, maxConcurrency: 1);
        var streams = Enumerable.Range(0, 3).Select(_ => pools.BeginAsync(provider, PoolCase.Cancel)).ToArray();
        await PoolCase.UntilAsync(() => pools.Figures.Waiting == 1);

        pools.Know(provider with { MaxConcurrency = 8 });

        await upstream.AtOnceAsync(3).WaitAsync(PoolCase.Patience, PoolCase.Cancel);
        Assert.Equal(9, pools.Figures.Most);
        foreach (var stream in await Task.WhenAll(streams))
        {
            stream.Dispose();
        }
    }

    [Fact]
    public async Task Connection_OpenedAhead_ThatTheHostCloses_IsReplacedAndNeverUsed()
    {
        await using var closing = new ClosingHost();
        await using var pools = new PoolCase(new PoolOptions { MinSize = 2 });
        var provider = closing.Define();
        pools.Know(provider);
        await pools.TendAsync();
        await PoolCase.UntilAsync(() => closing.Accepted == 2);

        closing.CloseAll();
        await PoolCase.UntilAsync(() => closing.Left == 2);
        await pools.TendAsync();

        await PoolCase.UntilAsync(() => closing.Accepted == 4);
        Assert.Equal(2, pools.Figures.Ready);
    }

    [Fact]
    public async Task Connection_OpenedAhead_ThatDiesUnderItsFirstRequest_IsToldAsStale()
    {
        await using var closing = new ClosingHost { ClosesOnFirstBytes = true };
        await using var pools = new PoolCase(new PoolOptions { MinSize = 1 });
        var provider = closing.Define();
        pools.Know(provider);
        await pools.TendAsync();

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => pools.AskAsync(provider));

        Assert.Equal(0, pools.Figures.OpenedOnDemand);
        Assert.True(GatewayApi.Providers.StaleConnectionException.IsBehind(failure), failure.ToString());
    }

    [Fact]
    public async Task Connection_ThatIdlesBeyondItsTime_IsClosed_AndAnotherKeptReady()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase(new PoolOptions { MinSize = 2, KeepAliveSeconds = 1 });
        var provider = PoolCase.Define(upstream);
        upstream.Release();
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => pools.AskAsync(provider)));

        await PoolCase.UntilAsync(() => pools.Figures.Open == 0 && upstream.Open == 0);
        await pools.TendAsync();

        Assert.Equal(2, pools.Figures.Ready);
    }

    [Fact]
    public async Task Host_ThatNobodyAsks_GoesCold_AndWarmsWithTheNextRequest()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase();
        var provider = PoolCase.Define(upstream);
        pools.Know(provider);
        await pools.TendAsync();
        upstream.Release();

        pools.Clock.Advance(TimeSpan.FromSeconds(pools.Settings.ColdAfterSeconds));
        await pools.TendAsync();
        Assert.Equal(0, pools.Figures.Ready);

        Assert.Equal(HeldUpstream.Answer, await pools.AskAsync(provider));
        pools.Pool.Record(AttemptOutcome.Succeeded, TimeSpan.FromSeconds(1));
        await pools.TendAsync();
        Assert.Equal(5, pools.Figures.Ready + pools.Figures.Open);
    }

    [Fact]
    public async Task Host_ThatCannotBeReached_IsLeftAloneForAWhile()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase { Addresses = ["127.0.0.3"] };
        pools.Know(PoolCase.Define(upstream));
        await pools.TendAsync();
        Assert.Equal(0, pools.Figures.Ready);

        pools.Addresses = ["127.0.0.1"];
        await pools.TendAsync();
        Assert.Equal(0, pools.Figures.Ready);

        pools.Clock.Advance(TimeSpan.FromSeconds(pools.Settings.KeepAliveSeconds));
        await pools.TendAsync();
        Assert.Equal(5, pools.Figures.Ready);
    }

    [Fact]
    public async Task Providers_OfOneHost_ShareItsConnections()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase();
        var (one, other) = (PoolCase.Define(upstream, "one", 10), PoolCase.Define(upstream, "other", 20));
        upstream.Release();
        pools.Know(one);
        await pools.TendAsync();
        await PoolCase.UntilAsync(() => upstream.Open == 5);

        await pools.AskAsync(one);
        await pools.AskAsync(other);

        Assert.Same(pools.Clients.HostOf("one"), pools.Clients.HostOf("other"));
        Assert.Equal(5, upstream.Accepted);
        Assert.Equal(31, pools.Figures.Most);
        pools.Know(PoolCase.Define(upstream, "third") with { Proxy = "environment" });
        Assert.Equal(2, pools.Hosts.All.Count);
        Assert.Equal(2, pools.Hosts.All.Select(pool => pool.Name).Distinct().Count());
    }
}
