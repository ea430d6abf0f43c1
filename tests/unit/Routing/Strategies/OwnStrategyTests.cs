using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.Extensions;
using ProxyCluster.Extensions.Routing;
using ProxyCluster.GatewayApi.Extensions;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.Tests.Unit.Security;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Routing.Strategies;

/// <summary>Strategies of an operator's own, sound and not.</summary>
public sealed class OwnStrategyTests
{
    private static readonly PickRequest Chat = new(ModelCapabilities.Chat, 1000, 500);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private readonly RecordingLogger<OwnStrategy> _log = new();
    private readonly FakeTimeProvider _clock = new();
    private readonly IMeterFactory _meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    [Fact]
    public void Choose_SeesWhatIsKnownOfEachThatMayBeAsked()
    {
        var seen = new List<RoutingCandidate>();
        var strategy = Own((in RoutingChoice choice) =>
        {
            seen.AddRange(choice.Candidates);
            Assert.Equal((1000, 500, false, 0.25), (choice.PromptTokens, choice.OutputTokens, choice.IsStream, choice.Random));
            return 1;
        });
        var priced = Provider("b") with { Region = "eu-west", Priority = 2, Weight = 3, MaxConcurrency = 7, Models = [new() { Id = "m", UpstreamId = "big", InputCostPerMillion = 1, OutputCostPerMillion = 2 }] };
        var index = Index(
            [Provider("a", "m"), priced, Provider("c", "m")],
            [new AliasDefinition("x", ["a/m", "b/m", "c/m"], false)],
            Score("a", 50, ProviderStatus.Unhealthy),
            Score("b", 80, inFlight: 3) with { LatencySeconds = 1.5 });
        var set = index.Resolve("x");

        Assert.Equal("c", set[Pick(set, Chat, 0.25, strategy: strategy)].Provider.Name);
        Assert.Equal(["b", "c"], seen.Select(candidate => candidate.Provider));
        Assert.Equal(
            new RoutingCandidate
            {
                Provider = "b",
                Model = "big",
                Region = "eu-west",
                Priority = 2,
                Weight = 3,
                Place = 1,
                InFlight = 3,
                MaxConcurrency = 7,
                LatencySeconds = 1.5,
                CostDollars = 0.002,
                Score = ProviderPicker.Score(set, 1, Chat, new Idle()).Total,
            },
            seen[0]);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    [InlineData(int.MinValue)]
    public void Choose_Nonsense_GoesByScore(int nonsense) => AssertGoesByScore(Own((in RoutingChoice _) => nonsense));

    [Fact]
    public void Choose_Throws_GoesByScore() => AssertGoesByScore(Own((in RoutingChoice _) => throw new InvalidOperationException("out of luck")));

    [Fact]
    public async Task Choose_DoesNotReturn_GoesByScoreAfterItsTime_AndIsNotAskedWhileTooManyHang()
    {
        var (asked, hang) = (0, new TaskCompletionSource());
        using var isAsked = new SemaphoreSlim(0);
        var strategy = Own((in RoutingChoice _) =>
        {
            Interlocked.Increment(ref asked);
            isAsked.Release();
            hang.Task.Wait(Cancel);
            return 0;
        });
        var set = Index([Provider("a", "m"), Provider("b", "m")], [], Score("a", 10), Score("b", 90)).Resolve("m");
        for (var call = 0; call < 16; call++)
        {
            var picking = Task.Factory.StartNew(() => Pick(set, Chat, strategy: strategy), Cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await isAsked.WaitAsync(Cancel);
            while (!picking.IsCompleted)
            {
                _clock.Advance(OwnStrategy.Limit);
                await Task.Yield();
            }

            Assert.Equal("b", set[await picking].Provider.Name);
        }

        Assert.Equal(("b", 16), (set[Pick(set, Chat, strategy: strategy)].Provider.Name, asked));

        hang.SetResult();
        while (set[Pick(set, Chat, strategy: strategy)].Provider.Name != "a")
        {
            Cancel.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Fact]
    public void Catalogue_KnowsBuiltInAndOwn_AndSaysOnceWhatItDoesNotKnow()
    {
        var extensions = new GatewayExtensions();
        var missing = new RecordingLogger<StrategyCatalogue>();
        extensions.AddRoutingStrategy("acme-first", new Delegated((in RoutingChoice _) => 0));
        var catalogue = new StrategyCatalogue(new LoadedExtensions([extensions]), new RoutingMetrics(_meters), TimeProvider.System, _log, missing);

        Assert.Equal("acme-first", catalogue.Find("acme-first")!.Name);
        Assert.Equal("latency", catalogue.Get("latency").Name);
        Assert.Null(catalogue.Find("elsewhere"));
        Assert.Equal(["intelligent", "intelligent"], [catalogue.Get("elsewhere").Name, catalogue.Get("elsewhere").Name]);
        Assert.Contains("'intelligent'", Assert.Single(missing.Lines).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Register_UnderTheNameOfTheGatewaysOwn_IsAFaultOfTheConfiguration()
    {
        var loader = new ExtensionLoader(".", static _ => null);

        var (_, faults) = loader.Load([], [new Registering("latency"), new Registering("acme-first")]);

        Assert.Contains("It registers a routing strategy 'latency', which the gateway has already.", Assert.Single(faults).Cure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Acme")]
    [InlineData("")]
    [InlineData("a b")]
    public void Register_UnderNoName_IsRefused(string name) =>
        Assert.Throws<ArgumentException>(() => new GatewayExtensions().AddRoutingStrategy(name, new Delegated((in RoutingChoice _) => 0)));

    private void AssertGoesByScore(IRoutingStrategy strategy)
    {
        var faults = 0L;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "proxycluster.routing.strategy_faults" && ReferenceEquals(instrument.Meter.Scope, _meters))
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, _, _) => faults += count);
        listener.Start();
        var set = Index([Provider("a", "m"), Provider("b", "m")], [], Score("a", 10), Score("b", 90)).Resolve("m");

        Assert.Equal(["b", "b", "b"], Enumerable.Range(0, 3).Select(_ => set[Pick(set, Chat, strategy: strategy)].Provider.Name));

        var (level, text) = Assert.Single(_log.Lines);
        Assert.Equal(LogLevel.Error, level);
        Assert.Contains("acme", text, StringComparison.Ordinal);
        Assert.Equal(3, faults);
    }

    private OwnStrategy Own(Delegated.Rule rule) => new("acme", new Delegated(rule), new RoutingMetrics(_meters), _clock, _log);

    private sealed class Registering(string name) : IGatewayExtension
    {
        public void Register(GatewayExtensions registry) => registry.AddRoutingStrategy(name, new Delegated((in RoutingChoice _) => 0));
    }

    private sealed class Delegated(Delegated.Rule rule) : RoutingStrategy
    {
        public delegate int Rule(in RoutingChoice choice);

        public override int Choose(in RoutingChoice choice) => rule(choice);
    }
}
