using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Bench.Micro;

/// <summary>
/// What condensation costs a request before it is sent: where it is off, where the conversation fits by its bytes, where it must be
/// counted to know that it fits, and where it is condensed. The first two are on the way of every request. Target: 0.1 µs and no byte where it is off.
/// </summary>
public class CondensationBench : IDisposable
{
    private const int Context = 128_000;

    private readonly FixedOptions _off = new(false);
    private readonly FixedOptions _on = new(true);
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private CondensationMetrics _metrics = null!;
    private CondensationRun _run = null!;
    private ContextFitter _whenOff = null!;
    private ContextFitter _whenOn = null!;
    private Candidate _candidate = null!;
    private Exchange _short = null!;
    private Exchange _middling = null!;
    private Exchange _long = null!;

    [GlobalSetup]
    public void Prepare()
    {
        _metrics = new CondensationMetrics(_services.GetRequiredService<IMeterFactory>());
        _run = new CondensationRun(
            _on, new TokenizerLoads(_on), new SummaryWriter(_on, null!, _metrics, TimeProvider.System), _metrics, TimeProvider.System, NullLogger<CondensationRun>.Instance);
        _whenOff = new ContextFitter(_off, _run, _metrics);
        _whenOn = new ContextFitter(_on, _run, _metrics);
        var provider = new ProviderDefinition { Name = "p", Type = "openai", Models = [new ModelDefinition { Id = "gpt-4o", ContextLengthTokens = Context, MaxOutputTokens = 16_384 }] };
        _candidate = RoutingIndex.Build(
            new RoutingDefinitions(SnapshotVersion.None, [provider], []), new ScoreVector(SnapshotVersion.None, []), ScoreWeights.Default).Resolve("gpt-4o")[0];
        (_short, _middling, _long) = (ExchangeOf(10), ExchangeOf(4_000), ExchangeOf(9_000));
        if (Fit(_whenOn, _long).AsTask().GetAwaiter().GetResult() is not { Figures: not null } || Fit(_whenOn, _middling).AsTask().GetAwaiter().GetResult() is not { Figures: null, Refusal: null })
        {
            throw new InvalidOperationException("The conversations are not as long as they should be.");
        }
    }

    /// <summary>Off, a short conversation: as nearly every request of a gateway that does not condense.</summary>
    [Benchmark(Baseline = true)]
    public async ValueTask<object?> Off() => await Fit(_whenOff, _short);

    /// <summary>On, a short conversation.</summary>
    [Benchmark]
    public async ValueTask<object?> OnAndFitsByItsBytes() => await Fit(_whenOn, _short);

    /// <summary>On, 80,000 tokens of 123,904.</summary>
    [Benchmark]
    public async ValueTask<object?> OnAndCounted() => await Fit(_whenOn, _middling);

    /// <summary>On, 180,000 tokens of 123,904.</summary>
    [Benchmark]
    public async ValueTask<object?> OnAndCondensed() => await Fit(_whenOn, _long);

    [GlobalCleanup]
    public void Dispose()
    {
        _whenOff?.Dispose();
        _whenOn?.Dispose();
        _run?.Dispose();
        _metrics?.Dispose();
        _services.Dispose();
        GC.SuppressFinalize(this);
    }

    // As the pipeline, the router and the attempt do.
    private ValueTask<ContextFit?> Fit(ContextFitter fitter, Exchange exchange)
    {
        exchange.Counted = null;
        exchange.Condensing = fitter.For(exchange.Operation, null);
        return ContextFitter.Concerns(exchange, _candidate) ? Found(fitter.FitAsync(exchange, _candidate)) : default;

        static async ValueTask<ContextFit?> Found(ValueTask<ContextFit> fit) => await fit;
    }

    private static Exchange ExchangeOf(int messages)
    {
        var said = string.Join(',', Enumerable.Range(0, messages).Select(static i => string.Create(
            CultureInfo.InvariantCulture, $$"""{"role":"{{(i % 2 == 0 ? "user" : "assistant")}}","content":"On day {{i}} the ferry to the islands was late because of fog."}""")));
        RequestScanner.Scan(
            Encoding.UTF8.GetBytes($$"""{"model":"gpt-4o","messages":[{{said}}]}"""),
            InferenceOperation.ChatCompletions,
            new InputLimitOptions { MaxMessages = 100_000 },
            new ModelNames(),
            out var request);
        return new Exchange(new DefaultHttpContext(), InferenceOperation.ChatCompletions, new RequestScratch(TimeProvider.System), TimeProvider.System)
        {
            RequestId = "bench",
            Region = "local",
            Request = request ?? throw new InvalidOperationException("The request was refused."),
        };
    }

    private sealed class FixedOptions : IOptionsMonitor<ProxyClusterOptions>
    {
        public FixedOptions(bool isAutomatic)
        {
            CurrentValue.Condensation.Automatic = isAutomatic;
            CurrentValue.InputLimits.MaxMessages = 100_000;
        }

        public ProxyClusterOptions CurrentValue { get; } = new();

        public ProxyClusterOptions Get(string? name) => CurrentValue;

        public IDisposable? OnChange(Action<ProxyClusterOptions, string?> listener) => null;
    }
}
