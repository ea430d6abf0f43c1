using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.Tests.Unit.RateLimiting;

namespace ProxyCluster.Tests.Unit.Condensation;

public sealed class SummaryCallTests
{
    [Fact]
    public async Task Books_ThatCannotBeKept_CostTheRequestNoMoreThanItsSummary()
    {
        var limiter = new BrokenLimiter();
        var scratches = new RequestScratchPool(TimeProvider.System);
        var lent = scratches.Rent();
        scratches.Return(lent);
        var call = new SummaryCall(
            new ReloadableOptions(), new Lazy<FallbackChain>(static () => throw new InvalidOperationException("Nobody is to be asked.")), limiter,
            null!, null!, null!, null!, scratches, null!, TimeProvider.System, NullLogger<SummaryCall>.Instance);
        var asker = new Exchange(new DefaultHttpContext(), InferenceOperation.ChatCompletions, new RequestScratch(TimeProvider.System), TimeProvider.System)
        {
            RequestId = "req_test",
            Region = "local",
        };

        var answer = await call.AskAsync(asker, "no request"u8.ToArray(), "m", TimeSpan.FromSeconds(1), CancellationToken.None);

        Assert.Equal((null, SummaryOutcome.Refused), (answer.Text, answer.Outcome));
        Assert.Equal(1, limiter.Released);
        Assert.Same(lent, scratches.Rent());
    }

    private sealed class BrokenLimiter : IRequestLimiter
    {
        public int Released { get; private set; }

        public ValueTask<LimitDecision> AcquireAsync(in LimitedRequest request, CancellationToken cancellationToken) => default;

        public void Release(in LimitDecision admitted)
        {
            Released++;
            throw new InvalidOperationException("The limiter is broken.");
        }
    }
}
