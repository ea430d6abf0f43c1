using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.ConnectionPools;

namespace ProxyCluster.Tests.Http.ConnectionPools;

/// <summary>New connections take over from old ones; what is in flight on the old ones goes on to its end.</summary>
public sealed class SwapTests
{
    [Fact]
    public async Task Recycling_ReplacesConnections_AndClosesTheOldWithTheirLastStream()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase(new PoolOptions { MinSize = 1 });
        var provider = PoolCase.Define(upstream);
        using var old = await pools.BeginAsync(provider, PoolCase.Cancel);
        await pools.TendAsync();
        Assert.Equal(1, upstream.Open);

        pools.Clock.Advance(TimeSpan.FromSeconds(pools.Settings.RecycleSeconds - 1));
        await pools.TendAsync();
        Assert.Equal((0, 1), (pools.Pool.SwapsFor(PoolSwap.Recycled), pools.Figures.Generations));
        pools.Clock.Advance(TimeSpan.FromSeconds(1));
        await pools.TendAsync();

        Assert.Equal((1, 2), (pools.Pool.SwapsFor(PoolSwap.Recycled), pools.Figures.Generations));
        using var next = await pools.BeginAsync(provider, PoolCase.Cancel);
        Assert.Equal((2, 2), (upstream.Open, pools.Figures.InFlight));
        upstream.Release();
        Assert.Equal(HeldUpstream.Answer, await old.ReadAsync());
        Assert.Equal(HeldUpstream.Answer, await next.ReadAsync());
        Assert.Equal(2, pools.Figures.Generations);

        old.Dispose();

        Assert.Equal((1, 1), (pools.Figures.Generations, pools.Figures.InFlight));
        await PoolCase.UntilAsync(() => upstream.Open == 1);
    }

    [Fact]
    public async Task Addresses_ThatMove_AreFollowedWithinTheirLifetime_WhileStreamsGoOn()
    {
        await using var before = await HeldUpstream.StartAsync();
        await using var after = await HeldUpstream.StartAsync(address: "127.0.0.2", port: before.Port);
        await using var pools = new PoolCase(new PoolOptions { MinSize = 2 });
        var provider = PoolCase.Define(before);
        using var stream = await pools.BeginAsync(provider, PoolCase.Cancel);
        await pools.TendAsync();
        pools.Addresses = ["127.0.0.2"];

        pools.Clock.Advance(TimeSpan.FromSeconds(pools.Settings.DnsSeconds - 1));
        await pools.TendAsync();
        Assert.Equal((0, 0), (after.Accepted, pools.Pool.SwapsFor(PoolSwap.AddressesMoved)));
        pools.Clock.Advance(TimeSpan.FromSeconds(1));
        await pools.TendAsync();

        Assert.Equal((1, 2), (pools.Pool.SwapsFor(PoolSwap.AddressesMoved), pools.Figures.DnsRefreshes));
        await PoolCase.UntilAsync(() => after.Open == 2 && before.Open == 1);
        using var next = await pools.BeginAsync(provider, PoolCase.Cancel);
        Assert.Equal((1, 1), (before.Requests, after.Requests));
        before.Release();
        Assert.Equal(HeldUpstream.Answer, await stream.ReadAsync());
    }

    [Fact]
    public async Task Addresses_ThatStay_KeepTheirConnections_ThoughOthersJoinThem()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase(new PoolOptions { MinSize = 2 });
        pools.Know(PoolCase.Define(upstream));
        await pools.TendAsync();
        await PoolCase.UntilAsync(() => upstream.Open == 2);
        pools.Addresses = ["127.0.0.1", "127.0.0.9"];

        pools.Clock.Advance(TimeSpan.FromSeconds(pools.Settings.DnsSeconds));
        await pools.TendAsync();

        Assert.Equal((2, 2), (pools.Figures.DnsRefreshes, upstream.Accepted));
        Assert.Equal(0, pools.Pool.SwapsFor(PoolSwap.AddressesMoved));
    }

    [Fact]
    public async Task NameService_ThatIsDown_LeavesTheLastAnswerInForce()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase(new PoolOptions { MinSize = 0 });
        var provider = PoolCase.Define(upstream);
        upstream.Release();
        await pools.AskAsync(provider);
        pools.Addresses = [];

        pools.Clock.Advance(TimeSpan.FromSeconds(pools.Settings.RecycleSeconds));
        await pools.TendAsync();

        Assert.Equal(1, pools.Pool.SwapsFor(PoolSwap.Recycled));
        Assert.Equal(HeldUpstream.Answer, await pools.AskAsync(provider));
        Assert.Equal(2, upstream.Accepted);
    }

    [Fact]
    public async Task Address_ThatRefuses_IsLookedUpAgainForTheNextRequest()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase(new PoolOptions { MinSize = 0 }) { Addresses = ["127.0.0.3"] };
        var provider = PoolCase.Define(upstream);
        upstream.Release();
        await Assert.ThrowsAsync<HttpRequestException>(() => pools.AskAsync(provider));

        pools.Addresses = ["127.0.0.1"];

        Assert.Equal(HeldUpstream.Answer, await pools.AskAsync(provider));
    }

    [Fact]
    public async Task Provider_ThatIsRemoved_DrainsAndItsPoolGoes()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase(new PoolOptions { MinSize = 2 });
        var provider = PoolCase.Define(upstream);
        using var stream = await pools.BeginAsync(provider, PoolCase.Cancel);
        await pools.TendAsync();
        var pool = pools.Pool;

        pools.KeepOnly();

        Assert.Empty(pools.Hosts.All);
        Assert.Equal(1, pool.Generations);
        await PoolCase.UntilAsync(() => upstream.Open == 1);
        upstream.Release();
        Assert.Equal(HeldUpstream.Answer, await stream.ReadAsync());
        stream.Dispose();
        Assert.Equal(0, pool.Generations);
        await PoolCase.UntilAsync(() => upstream.Open == 0);
    }

    [Fact]
    public async Task Provider_ThatIsRemoved_LeavesTheConnectionsOfTheOthersAtItsHost()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase(new PoolOptions { MinSize = 2 });
        var (stays, goes) = (PoolCase.Define(upstream, "stays", 10), PoolCase.Define(upstream, "goes", 20));
        pools.Know(stays);
        pools.Know(goes);
        await pools.TendAsync();

        pools.KeepOnly(stays);

        Assert.Equal((2, 1, 11), (pools.Figures.Ready, pools.Figures.Generations, pools.Figures.Most));
    }

    [Fact]
    public async Task KeepAlive_ThatIsChanged_CountsForNewConnections()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase(new PoolOptions { MinSize = 1 });
        pools.Know(PoolCase.Define(upstream));
        await pools.TendAsync();

        pools.Settings = new PoolOptions { MinSize = 1, KeepAliveSeconds = 7 };
        await pools.TendAsync();
        await pools.TendAsync();

        Assert.Equal(1, pools.Pool.SwapsFor(PoolSwap.SettingsChanged));
        Assert.Equal(TimeSpan.FromSeconds(7), pools.Pool.Current!.KeepAlive);
    }
}
