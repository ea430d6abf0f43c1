using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Requests;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Tests.Unit.RateLimiting;
using ProxyCluster.Tests.Unit.Routing;

namespace ProxyCluster.Tests.Unit.Requests;

/// <summary>What a gateway remembers of the requests it has served.</summary>
public sealed class RecentRequestsTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly ReloadableOptions _options = new();
    private readonly Candidate _candidate = Definitions.Index(Definitions.Provider("p", "m")).Resolve("m")[0];
    private readonly RequestScratch _scratch;
    private RecentRequests? _recent;

    public RecentRequestsTests()
    {
        _scratch = new RequestScratch(_clock);
        _options.CurrentValue.RecentRequests.Kept = 3;
    }

    private RecentRequests Recent => _recent ??= new RecentRequests(_options, _clock);

    public void Dispose()
    {
        _recent?.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void Request_OneMoreThanAreKept_TakesTheOldestOnesPlace()
    {
        foreach (var id in new[] { "a", "b", "c", "d" })
        {
            Note(id);
        }

        Assert.Equal(["d", "c", "b"], Ids(Recent.Latest(9, null)));
        Assert.Equal(["d", "c"], Ids(Recent.Latest(2, null)));
        Assert.Empty(Recent.Find("a", null));
    }

    [Fact]
    public void Requests_OfOneId_AreAllFound_TheNewestFirst()
    {
        Note("a", status: 503);
        Note("b");
        Note("a");

        Assert.Equal([200, 503], Recent.Find("a", null).Select(one => one.Request.Status));
    }

    [Fact]
    public void Request_TooOld_IsNotShown()
    {
        Note("a");
        _clock.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromTicks(1));
        Assert.Single(Recent.Find("a", null));

        _clock.Advance(TimeSpan.FromTicks(1));

        Assert.Empty(Recent.Find("a", null));
    }

    [Fact]
    public void Attempts_OfARequest_AreItsOwn()
    {
        Note("a", attempts: 5);
        Note("b", attempts: 1);
        Note("c", attempts: 0);
        Note("d", attempts: 2);

        Assert.Equal([2, 0, 1], Recent.Latest(9, null).Select(one => one.Attempts.Length));
        Assert.All(Recent.Find("d", null).Single().Attempts, attempt => Assert.Same(_candidate, attempt.Candidate));
    }

    [Fact]
    public void Request_OfAStranger_PushesNobodyOut()
    {
        Note("a");
        for (var i = 0; i < 9; i++)
        {
            Note("x", isKnown: false);
        }

        Assert.Equal(["a"], Ids(Recent.Latest(9, null)));
    }

    [Fact]
    public void Kept_None_NothingIsRemembered()
    {
        _options.CurrentValue.RecentRequests.Kept = 0;
        Note("a");

        Assert.Empty(Recent.Latest(9, null));
    }

    [Fact]
    public void Note_WhereTheRingIsFull_AllocatesNothing()
    {
        var exchange = Ended("a", attempts: 2, isKnown: true);
        for (var i = 0; i < 6; i++)
        {
            Recent.Note(exchange, 200);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            Recent.Note(exchange, 200);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static IEnumerable<string> Ids(IEnumerable<RecentRequest> requests) => requests.Select(one => one.Request.Id);

    private void Note(string id, int status = 200, int attempts = 1, bool isKnown = true)
    {
        _clock.Advance(TimeSpan.FromTicks(1));
        Recent.Note(Ended(id, attempts, isKnown), status);
        _scratch.Release();
    }

    private Exchange Ended(string id, int attempts, bool isKnown)
    {
        for (var i = 0; i < attempts; i++)
        {
            _scratch.Attempts.Add(new AttemptNote
            {
                Candidate = _candidate,
                Target = "m",
                Fallback = FallbackReason.None,
                Strategy = "intelligent",
                Explores = false,
                Outcome = AttemptOutcome.Succeeded,
                StartedAt = _clock.GetTimestamp(),
                Took = TimeSpan.FromSeconds(1),
                Latency = TimeSpan.FromSeconds(1),
                Usage = default,
            });
        }

        return new Exchange(new DefaultHttpContext(), InferenceOperation.ChatCompletions, _scratch, _clock)
        {
            RequestId = id,
            Region = "here",
            Caller = isKnown ? Caller.Local : null,
        };
    }
}
