using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Extensions;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Circuits;

/// <summary>The one call that is tried after this gateway's own silence belongs to whoever sends it.</summary>
public sealed class GuardedChooserTests : IDisposable
{
    private static readonly RoutingSnapshot Snapshot = RoutingSnapshot.Of(RoutingDefinitions.Empty with
    {
        Providers = [Provider("first", "m") with { Priority = 1 }, Provider("second", "m") with { Priority = 2 }],
    });

    private readonly FakeTimeProvider _clock = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly CircuitMetrics _circuits;
    private readonly RoutingMetrics _choices;
    private readonly ProviderGuard _guard;
    private readonly GuardedChooser _chooser;

    public GuardedChooserTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        (_circuits, _choices) = (new CircuitMetrics(meters), new RoutingMetrics(meters));
        var options = new ConfigurationInForce(new ProxyClusterOptions { Routing = new RoutingOptions { Strategy = "priority" } });
        _guard = new ProviderGuard(options, _circuits, _clock);
        var strategies = new StrategyCatalogue(
            LoadedExtensions.None, _choices, _clock, NullLogger<OwnStrategy>.Instance, NullLogger<StrategyCatalogue>.Instance);
        _chooser = new GuardedChooser(new ProviderChooser(options, new NoTraffic(), strategies, new RandomSource(1), _clock, _guard), _guard);
    }

    public void Dispose()
    {
        _circuits.Dispose();
        _choices.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Trial_ThatFindsNoSlot_IsThereForTheNextRequest()
    {
        Silence("first");
        var full = Request();
        Assert.Equal("first", Choose(full));
        Assert.Equal("second", Choose(Request()));

        _chooser.GiveBack(full);

        Assert.Equal("first", Choose(Request()));
    }

    [Fact]
    public void Trial_OfARequestThatGoesOnToAnotherProvider_IsThereForTheNextRequest()
    {
        Silence("first");
        var moved = Request();
        Choose(moved);
        MarkTried(moved, "first");

        Assert.Equal("second", Choose(moved));

        Assert.Equal("first", Choose(Request()));
    }

    [Fact]
    public void Trial_AfterAProviderThatIsWellHasFailed_IsMade()
    {
        Silence("second");
        var request = Request();
        Assert.Equal("first", Choose(request));
        MarkTried(request, "first");

        Assert.Equal("second", Choose(request));
        Assert.True(request.Claim.IsHeld);
    }

    private void Silence(string provider)
    {
        for (var i = 0; i < 5; i++)
        {
            _guard.Note(provider, new AttemptReport("m", AttemptOutcome.ConnectFailed, false, default, default, 0) { DurationMilliseconds = 10 });
        }

        Assert.True(_guard.IsShunned(provider));
        _clock.Advance(TimeSpan.FromSeconds(3));
    }

    private string? Choose(Exchange exchange)
    {
        var plan = _chooser.Plan(exchange, Snapshot, forced: null);
        return _chooser.Choose(exchange, plan) is var index and >= 0 ? plan.Candidates[index].Provider.Name : null;
    }

    private void MarkTried(Exchange exchange, string provider)
    {
        var candidates = _chooser.Plan(exchange, Snapshot, forced: null).Candidates;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates[i].Provider.Name == provider)
            {
                exchange.MarkTried(i);
            }
        }
    }

    private Exchange Request() => new(new DefaultHttpContext(), InferenceOperation.ChatCompletions, null!, _clock)
    {
        RequestId = "r",
        Region = "here",
        Request = new InferenceRequest
        {
            Operation = InferenceOperation.ChatCompletions,
            Body = default,
            Model = "m",
            ModelToken = 0..0,
            Required = ModelCapabilities.Chat,
        },
    };

    private sealed class NoTraffic : IOutcomeSink
    {
        public int InFlight(string provider) => 0;

        public void Began(string provider) => throw new InvalidOperationException("Nobody is asked.");

        public void Ended(string provider, in AttemptReport report) => throw new InvalidOperationException("Nobody is asked.");

        public void Checked(string provider, in AttemptReport report) => throw new InvalidOperationException("Nobody is asked.");
    }
}
