using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.ConnectionPools;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.ConnectionPools;

/// <summary>Hosts of TLS: which protocol is agreed on, ahead and on demand, and what one connection carries.</summary>
public sealed class Http2PoolTests
{
    [Fact]
    public async Task Host_ThatOffersHttp2_CarriesManyStreamsOnOneConnectionOpenedAhead()
    {
        using var certificates = new Certificates();
        using var certificate = certificates.Sign(HeldUpstream.Name);
        await using var upstream = await HeldUpstream.StartAsync(certificate, HttpProtocols.Http1AndHttp2);
        await using var pools = new PoolCase();
        var provider = PoolCase.Define(upstream, authorities: certificates.AuthorityFile);
        pools.Know(provider);
        await pools.TendAsync();
        Assert.Equal((1, "2"), (pools.Figures.Ready, pools.Figures.HttpVersion));

        var streams = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => pools.BeginAsync(provider, PoolCase.Cancel)));
        await upstream.AtOnceAsync(50).WaitAsync(PoolCase.Patience, PoolCase.Cancel);

        Assert.All(streams, stream => Assert.Equal(HttpVersion.Version20, stream.HttpVersion));
        Assert.Equal((1, 1), (upstream.Accepted, pools.Figures.Open));
        Assert.Equal((0, 50), (pools.Figures.OpenedOnDemand, pools.Figures.InFlight));
        upstream.Release();
        Assert.All(await Task.WhenAll(streams.Select(stream => stream.ReadAsync())), answer => Assert.Equal(HeldUpstream.Answer, answer));
        Array.ForEach(streams, stream => stream.Dispose());
    }

    [Fact]
    public async Task Streams_AboveWhatOneConnectionCarries_GetAnother()
    {
        using var certificates = new Certificates();
        using var certificate = certificates.Sign(HeldUpstream.Name);
        await using var upstream = await HeldUpstream.StartAsync(certificate, HttpProtocols.Http1AndHttp2);
        await using var pools = new PoolCase();
        var provider = PoolCase.Define(upstream, authorities: certificates.AuthorityFile);

        // Kestrel takes a hundred streams a connection.
        var streams = await Task.WhenAll(Enumerable.Range(0, 250).Select(_ => pools.BeginAsync(provider, PoolCase.Cancel))).WaitAsync(PoolCase.Patience, PoolCase.Cancel);
        await upstream.AtOnceAsync(250).WaitAsync(PoolCase.Patience, PoolCase.Cancel);

        Assert.InRange(upstream.Accepted, 3, 10);
        Assert.Equal(0, pools.Figures.Queued);
        Array.ForEach(streams, stream => stream.Dispose());
    }

    [Fact]
    public async Task Host_OfTlsWithoutHttp2_IsKeptWarmWithHttp11()
    {
        using var certificates = new Certificates();
        using var certificate = certificates.Sign(HeldUpstream.Name);
        await using var upstream = await HeldUpstream.StartAsync(certificate, HttpProtocols.Http1);
        await using var pools = new PoolCase();
        var provider = PoolCase.Define(upstream, authorities: certificates.AuthorityFile);
        pools.Know(provider);
        await pools.TendAsync();
        Assert.Equal((5, "1.1"), (pools.Figures.Ready, pools.Figures.HttpVersion));

        var streams = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => pools.BeginAsync(provider, PoolCase.Cancel)));
        await upstream.AtOnceAsync(20).WaitAsync(PoolCase.Patience, PoolCase.Cancel);

        Assert.All(streams, stream => Assert.Equal(HttpVersion.Version11, stream.HttpVersion));
        Assert.Equal((0, 20, 5L), (pools.Figures.Ready, pools.Figures.Open, pools.Figures.OpenedAhead));
        upstream.Release();
        Assert.All(await Task.WhenAll(streams.Select(stream => stream.ReadAsync())), answer => Assert.Equal(HeldUpstream.Answer, answer));
        Array.ForEach(streams, stream => stream.Dispose());
    }

    [Fact]
    public async Task Replacement_OfHttp2Connections_LetsTheirStreamsEnd()
    {
        using var certificates = new Certificates();
        using var certificate = certificates.Sign(HeldUpstream.Name);
        await using var upstream = await HeldUpstream.StartAsync(certificate, HttpProtocols.Http1AndHttp2);
        await using var pools = new PoolCase();
        var provider = PoolCase.Define(upstream, authorities: certificates.AuthorityFile);
        var streams = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => pools.BeginAsync(provider, PoolCase.Cancel)));

        Assert.True(pools.Clients.TrySwap(pools.Pool, PoolSwap.Recycled, out var fault), fault);
        using var next = await pools.BeginAsync(provider, PoolCase.Cancel);

        Assert.Equal((2, 2), (upstream.Open, pools.Figures.Generations));
        upstream.Release();
        Assert.All(await Task.WhenAll(streams.Select(stream => stream.ReadAsync())), answer => Assert.Equal(HeldUpstream.Answer, answer));
        Array.ForEach(streams, stream => stream.Dispose());
        Assert.Equal(1, pools.Figures.Generations);
        await PoolCase.UntilAsync(() => upstream.Open == 1);
    }

    [Fact]
    public async Task Certificate_ThatIsNotTrusted_OpensNoConnection()
    {
        using var certificates = new Certificates();
        using var certificate = certificates.Sign(HeldUpstream.Name);
        await using var upstream = await HeldUpstream.StartAsync(certificate, HttpProtocols.Http1AndHttp2);
        await using var pools = new PoolCase();
        var provider = PoolCase.Define(upstream);
        pools.Know(provider);
        await pools.TendAsync();
        Assert.Equal(0, pools.Figures.Ready);

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => pools.AskAsync(provider));

        Assert.Contains(failure.HttpRequestError, (HttpRequestError[])[HttpRequestError.SecureConnectionError, HttpRequestError.ConnectionError]);
        Assert.Equal(0, pools.Figures.Open);
    }

    [Fact]
    public async Task Client_ThatLeaves_ResetsItsStreamAndLeavesTheConnectionToTheOthers()
    {
        using var certificates = new Certificates();
        using var certificate = certificates.Sign(HeldUpstream.Name);
        await using var upstream = await HeldUpstream.StartAsync(certificate, HttpProtocols.Http1AndHttp2);
        await using var pools = new PoolCase();
        var provider = PoolCase.Define(upstream, authorities: certificates.AuthorityFile);
        var leaves = await pools.BeginAsync(provider, PoolCase.Cancel);
        using var stays = await pools.BeginAsync(provider, PoolCase.Cancel);

        leaves.Dispose();

        await PoolCase.UntilAsync(() => upstream.Aborted == 1);
        Assert.Equal((1, 1), (upstream.Open, upstream.Accepted));
        upstream.Release();
        Assert.Equal(HeldUpstream.Answer, await stays.ReadAsync());
    }

    [Fact]
    public async Task Client_ThatLeaves_ClosesItsConnectionWhereThatCarriesNobodyElse()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase(new PoolOptions { MinSize = 0 });
        var provider = PoolCase.Define(upstream);
        var leaves = await pools.BeginAsync(provider, PoolCase.Cancel);
        using var stays = await pools.BeginAsync(provider, PoolCase.Cancel);
        Assert.Equal((2, 2), (upstream.Open, pools.Figures.Open));

        leaves.Dispose();

        await PoolCase.UntilAsync(() => upstream.Aborted == 1 && upstream.Open == 1);
        Assert.Equal((1, 1), (pools.Figures.Open, pools.Figures.InFlight));
        upstream.Release();
        Assert.Equal(HeldUpstream.Answer, await stays.ReadAsync());
    }
}
