using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Requests;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Tests.Unit.Budgets;

namespace ProxyCluster.Tests.Unit.Pipeline;

/// <summary>The client's own limit, in the stages before a provider is asked.</summary>
public sealed class DeadlineTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(500);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task Deadline_WhileTheLimiterIsWaitedFor_Answers408()
    {
        var limiter = new SilentLimiter();
        var context = Context();
        var running = Pipeline(limiter).RunAsync(context, InferenceOperation.ChatCompletions);
        await limiter.Asked.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.False(running.IsCompleted);

        _clock.Advance(Limit);

        await running.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        AssertTimedOut(context);
    }

    [Fact]
    public async Task Deadline_OverWhenTheLimiterAnswers_AsksNoProvider()
    {
        var context = Context();

        await Pipeline(new LateLimiter(_clock, Limit)).RunAsync(context, InferenceOperation.ChatCompletions);

        AssertTimedOut(context);
    }

    private static void AssertTimedOut(HttpContext context)
    {
        var body = JsonNode.Parse(((MemoryStream)context.Response.Body).ToArray())!;
        Assert.Equal((408, "timeout_error", "request_timeout"), (context.Response.StatusCode, (string?)body["error"]!["type"], (string?)body["error"]!["code"]));
    }

    private static DefaultHttpContext Context()
    {
        var context = new DefaultHttpContext();
        context.Request.ContentType = "application/json";
        context.Request.Headers["x-proxy-timeout-ms"] = "500";
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes("""{"model":"m","messages":[{"role":"user","content":"Hi"}]}"""));
        context.Response.Body = new MemoryStream();
        return context;
    }

    // Neither routing nor providers are reached, so that there are none.
    private InferencePipeline Pipeline(IRequestLimiter limiter)
    {
        var options = new StaticOptions();
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>();
        var permissions = new PermissionGate(new SecurityEvents(_clock));
        var gateway = new BudgetGateway(new BudgetBooks(_clock), _clock, options);
        return new InferencePipeline(
            options,
            new Everybody(),
            permissions,
            new RequestAdmission(
                new RequestReader(options),
                limiter,
                gateway.Keeper,
                gateway.Snapshots,
                new AdmissionGate(options, new RandomSource(1), new ResilienceMetrics(meters)),
                _clock),
            new RequestAnswers(_clock, NullLogger<InferencePipeline>.Instance),
            gateway.Spending,
            null!,
            gateway.Snapshots,
            null!,
            null!,
            new RoutingWishes(permissions, null!),
            null!,
            null!,
            null!,
            null!,
            new RequestScratchPool(_clock),
            new RequestIds(new RandomSource(1)),
            new DrainState(),
            new GatewayMetrics(meters),
            new RecentRequests(options, _clock),
            _clock,
            NullLogger<InferencePipeline>.Instance);
    }

    private sealed class SilentLimiter : IRequestLimiter
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<LimitDecision> AcquireAsync(in LimitedRequest request, CancellationToken cancellationToken) => WaitAsync(cancellationToken);

        public void Release(in LimitDecision admitted)
        {
        }

        private async ValueTask<LimitDecision> WaitAsync(CancellationToken cancellationToken)
        {
            Asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return LimitDecision.Unlimited;
        }
    }

    private sealed class LateLimiter(FakeTimeProvider clock, TimeSpan late) : IRequestLimiter
    {
        public ValueTask<LimitDecision> AcquireAsync(in LimitedRequest request, CancellationToken cancellationToken)
        {
            clock.Advance(late);
            return new(LimitDecision.Unlimited);
        }

        public void Release(in LimitDecision admitted)
        {
        }
    }

    private sealed class Everybody : ICallerAuthenticator
    {
        public ValueTask<Authentication> AuthenticateAsync(HttpContext context) => new(Caller.Local);
    }

    private sealed class StaticOptions : IOptionsMonitor<ProxyClusterOptions>
    {
        public ProxyClusterOptions CurrentValue { get; } = new();

        public ProxyClusterOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<ProxyClusterOptions, string?> listener) => null;
    }
}
