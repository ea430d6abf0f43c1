using System.Net;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Resilience;

/// <summary>Where the first provider is slower than it usually is, the second is asked as well, and the first that answers serves.</summary>
public sealed class HedgingTests(ResilienceFixture fixture) : ResilienceTest(fixture)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(ResilienceFixture.Hedged, "quick-model", false)]
    [InlineData(ResilienceFixture.HedgedStream, "quick-stream", true)]
    public async Task SlowProvider_IsBeatenByTheSecond_AndCancelledAtOnce(string alias, string second, bool stream)
    {
        await LearnAsync(alias, stream);
        First.Behaviour = stream ? new Behaviour { StallAfterEvents = 1 } : Behaviour.BlackHole;

        using var response = await ChatAsync(alias, stream);
        var text = await response.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(("quick", second, "2"), (Chats.Header(response, "x-proxy-provider"), Chats.Header(response, "x-proxy-model"), Chats.Header(response, "x-proxy-attempts")));
        Assert.Contains("scripted", text, StringComparison.Ordinal);
        var beaten = await (await First.NextRequestAsync()).Ended.WaitAsync(Bound, Cancel);
        Assert.True(beaten.PeerLeft, "The attempt that lost went on.");
        Assert.Equal((1, 1), (First.RequestCount, Second.RequestCount));
        await Meters.CountsAsync(Fixture.Ops, "proxycluster_resilience_hedges", "provider=\"quick\"", "result=\"won\"");
    }

    [Fact]
    public async Task SecondProvider_ThatIsSlowerStill_IsCancelled()
    {
        await LearnAsync(ResilienceFixture.Hedged, stream: false);
        var release = new TaskCompletionSource();
        First.Behaviour = HeldUntil(release);
        Second.Behaviour = Behaviour.BlackHole;
        var asking = ChatAsync(ResilienceFixture.Hedged);
        var second = await Second.NextRequestAsync();

        release.SetResult();

        using var response = await asking;
        Assert.Equal("slow", Chats.Header(response, "x-proxy-provider"));
        Assert.True((await second.Ended.WaitAsync(Bound, Cancel)).PeerLeft, "The attempt that lost went on.");
    }

    [Fact]
    public async Task BothProviders_ThatFail_AreToldAsOneFailure()
    {
        await LearnAsync(ResilienceFixture.Hedged, stream: false);
        var release = new TaskCompletionSource();
        First.Behaviour = HeldUntil(release) with { Status = 500 };
        Second.Behaviour = new Behaviour { Status = 500 };
        var asking = ChatAsync(ResilienceFixture.Hedged);
        await Second.NextRequestAsync();

        release.SetResult();

        using var response = await asking;
        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("3", Chats.Header(response, "x-proxy-attempts"));
    }

    [Fact]
    public async Task SecondProvider_OfABeatenAttempt_HasItsSlotBack()
    {
        await LearnAsync(ResilienceFixture.HedgedByNarrow, stream: false);
        for (var i = 0; i < 3; i++)
        {
            var release = new TaskCompletionSource();
            First.Behaviour = HeldUntil(release);
            Second.Behaviour = Behaviour.BlackHole;
            var asking = ChatAsync(ResilienceFixture.HedgedByNarrow);
            await Second.NextRequestAsync();
            release.SetResult();
            using var response = await asking;
            Assert.Equal("slow", Chats.Header(response, "x-proxy-provider"));
        }
    }

    [Fact]
    public async Task Client_ThatLeavesDuringARace_TakesBothAttemptsWithIt()
    {
        await LearnAsync(ResilienceFixture.Hedged, stream: false);
        First.Behaviour = Second.Behaviour = Behaviour.BlackHole;
        using var client = new CancellationTokenSource();
        var asking = ChatAsync(ResilienceFixture.Hedged, left: client.Token);
        var attempts = new[] { await First.NextRequestAsync(), await Second.NextRequestAsync() };

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        foreach (var attempt in attempts)
        {
            Assert.True((await attempt.Ended.WaitAsync(Bound, Cancel)).PeerLeft);
        }
    }

    // What is usual has to be known first: twenty answers.
    private async Task LearnAsync(string alias, bool stream)
    {
        for (var i = 0; i < 25; i++)
        {
            using var response = await ChatAsync(alias, stream);
            await response.Content.ReadAsByteArrayAsync(Cancel);
        }

        First.Reset();
        Second.Reset();
    }
}
