using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.ConnectionPools;

namespace ProxyCluster.Tests.Http.ConnectionPools;

/// <summary>The warm size moves and handlers are replaced under load.</summary>
public sealed class ResizeTests
{
    [Fact]
    public async Task Size_FollowsTheLastWindow_UpAndDown()
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase(new PoolOptions { ColdAfterSeconds = 100_000 });
        pools.Know(PoolCase.Define(upstream));
        await pools.TendAsync();

        for (var i = 0; i < 120; i++)
        {
            pools.Pool.Record(AttemptOutcome.Succeeded, TimeSpan.FromSeconds(1));
        }

        pools.Clock.Advance(TimeSpan.FromSeconds(59));
        await pools.TendAsync();
        Assert.Equal(5, pools.Figures.Size);
        pools.Clock.Advance(TimeSpan.FromSeconds(1));
        await pools.TendAsync();
        Assert.Equal((20, 20), (pools.Figures.Size, pools.Figures.Ready));
        await PoolCase.UntilAsync(() => upstream.Open == 20);

        pools.Clock.Advance(TimeSpan.FromSeconds(60));
        await pools.TendAsync();
        Assert.Equal((5, 5), (pools.Figures.Size, pools.Figures.Ready));
        await PoolCase.UntilAsync(() => upstream.Open == 5);
    }

    [Theory]
    [InlineData(AttemptOutcome.Succeeded, 0)]
    [InlineData(AttemptOutcome.Abandoned, 0)]
    [InlineData(AttemptOutcome.RateLimited, 0)]
    [InlineData(AttemptOutcome.Rejected, 0)]
    [InlineData(AttemptOutcome.CredentialsRefused, 0)]
    [InlineData(AttemptOutcome.ConnectFailed, 1)]
    [InlineData(AttemptOutcome.TimedOut, 1)]
    [InlineData(AttemptOutcome.ServerError, 1)]
    [InlineData(AttemptOutcome.InvalidAnswer, 1)]
    [InlineData(AttemptOutcome.StreamBroken, 1)]
    public async Task Errors_OfTheWindow_AreThoseOfTheHost(AttemptOutcome outcome, double share)
    {
        await using var upstream = await HeldUpstream.StartAsync();
        await using var pools = new PoolCase(new PoolOptions { MinSize = 0 });
        pools.Know(PoolCase.Define(upstream));
        pools.Pool.Record(outcome, TimeSpan.FromSeconds(1));

        pools.Clock.Advance(TimeSpan.FromSeconds(60));
        pools.Pool.Resize();

        Assert.Equal(share, pools.Figures.Use.ErrorShare);
    }

    [Fact]
    public async Task Resizes_AndReplacements_UnderLoad_CutNoStream()
    {
        const int Rounds = 60;
        const int Workers = 16;
        await using var held = await HeldUpstream.StartAsync();
        await using var quick = await HeldUpstream.StartAsync();
        quick.Release();
        await using var pools = new PoolCase();
        var (slow, brisk) = (PoolCase.Define(held, "slow"), PoolCase.Define(quick, "brisk"));
        var longStreams = new List<HeldStream>();
        using var enough = new CancellationTokenSource();
        var working = Enumerable.Range(0, Workers).Select(_ => WorkAsync()).ToArray();

        for (var round = 0; round < Rounds; round++)
        {
            longStreams.Add(await pools.BeginAsync(slow, PoolCase.Cancel));
            pools.Settings = new PoolOptions { MinSize = round % 2 == 0 ? 1 : 30 };
            pools.Clock.Advance(TimeSpan.FromSeconds(60));
            foreach (var pool in pools.Hosts.All)
            {
                await pools.Keeper.TendAsync(pool, PoolCase.Cancel);
                Assert.Equal(pools.Settings.MinSize, Math.Min(pool.Size, pools.Settings.MinSize));
                if (round % 3 == 0)
                {
                    Assert.True(pools.Clients.TrySwap(pool, PoolSwap.Recycled, out var fault), fault);
                }
            }
        }

        await enough.CancelAsync();
        var served = (await Task.WhenAll(working)).Sum();
        Assert.True(served >= Workers, $"Only {served} requests were served while the pools were resized.");
        var busy = pools.Clients.HostOf("slow")!;
        Assert.Equal(Rounds, busy.InFlight);
        Assert.True(busy.Generations > Rounds / 3, $"{busy.Generations} handlers hold {Rounds} streams.");
        held.Release();
        Assert.All(await Task.WhenAll(longStreams.Select(stream => stream.ReadAsync())), answer => Assert.Equal(HeldUpstream.Answer, answer));
        longStreams.ForEach(stream => stream.Dispose());
        Assert.Equal((0, 0), (held.Aborted, quick.Aborted));
        Assert.All(pools.Hosts.All, pool => Assert.Equal((1, 0), (pool.Generations, pool.InFlight)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{served} short and {Rounds} long streams over {Rounds} resizes and {Rounds / 3 * 2} replacements.");

        async Task<int> WorkAsync()
        {
            var count = 0;
            do
            {
                Assert.Equal(HeldUpstream.Answer, await pools.AskAsync(brisk));
                count++;
            }
            while (!enough.IsCancellationRequested);

            return count;
        }
    }
}
