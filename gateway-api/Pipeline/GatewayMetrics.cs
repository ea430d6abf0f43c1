using System.Diagnostics;
using System.Diagnostics.Metrics;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>What the data plane counts. Tags are bounded: routes, status classes, providers of the definitions, outcomes.</summary>
internal sealed class GatewayMetrics : IDisposable
{
    private static readonly string[] Routes =
    [
        "chat_completions", "completions", "embeddings", "responses", "messages",
        "images_generations", "audio_speech", "audio_transcriptions", "audio_translations", "moderations", "rerank", "messages_count_tokens", "routing_explain", "completions", "context_condense",
    ];
    private static readonly string[] StatusClasses = ["1xx", "2xx", "3xx", "4xx", "5xx"];

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _reconnects;
    private readonly Counter<long> _tokens;
    private readonly UpDownCounter<long> _inFlight;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _overhead;
    private readonly Histogram<double> _firstByte;

    public GatewayMetrics(IMeterFactory meters)
    {
        _meter = meters.Create("ProxyCluster.Gateway");
        _requests = _meter.CreateCounter<long>("proxycluster.gateway.requests", "{request}", "Requests answered, by route and class of status.");
        _attempts = _meter.CreateCounter<long>("proxycluster.gateway.attempts", "{attempt}", "Requests sent to providers, by outcome.");
        _reconnects = _meter.CreateCounter<long>("proxycluster.gateway.reconnects", "{request}", "Requests sent again because a kept-open connection had died.");
        _tokens = _meter.CreateCounter<long>("proxycluster.gateway.tokens", "{token}", "Tokens billed by providers, prompt and completion apart.");
        _inFlight = _meter.CreateUpDownCounter<long>("proxycluster.gateway.in_flight", "{request}", "Requests being served.");
        _duration = _meter.CreateHistogram<double>("proxycluster.gateway.duration_seconds", "s", "From a request's head to the last byte of its answer.");
        _overhead = _meter.CreateHistogram<double>("proxycluster.gateway.overhead_seconds", "s", "The part of a whole answer's duration that was not spent with providers.");
        _firstByte = _meter.CreateHistogram<double>("proxycluster.gateway.first_byte_seconds", "s", "From a request's head to the first content of its stream.");
    }

    public void Began() => _inFlight.Add(1);

    public void Ended(Exchange exchange, int status)
    {
        _inFlight.Add(-1);
        var route = new KeyValuePair<string, object?>("route", RouteOf(exchange.Operation));
        _requests.Add(1, route, new KeyValuePair<string, object?>("status", ClassOf(status)));
        var duration = exchange.Clock.GetElapsedTime(exchange.Started);
        _duration.Record(duration.TotalSeconds, route);
        if (exchange.FirstByteAt != 0)
        {
            _firstByte.Record(exchange.Clock.GetElapsedTime(exchange.Started, exchange.FirstByteAt).TotalSeconds, route);
        }
        else
        {
            _overhead.Record((duration - exchange.Upstream - exchange.Waited).TotalSeconds, route);
        }
    }

    public void Attempted(string provider, in AttemptReport report)
    {
        var who = new KeyValuePair<string, object?>("provider", provider);
        _attempts.Add(1, who, new KeyValuePair<string, object?>("outcome", NameOf(report.Outcome)));
        if (report.Usage != default)
        {
            _tokens.Add(report.Usage.Prompt, who, new KeyValuePair<string, object?>("kind", "prompt"));
            _tokens.Add(report.Usage.Completion, who, new KeyValuePair<string, object?>("kind", "completion"));
        }
    }

    /// <summary>A request is sent a second time to the same provider.</summary>
    public void Reconnected(string provider) => _reconnects.Add(1, new KeyValuePair<string, object?>("provider", provider));

    public void Dispose() => _meter.Dispose();

    internal static string RouteOf(InferenceOperation operation) => Routes[(int)operation];

    /// <summary>The operation of a route's name; <see langword="null"/>: there is none.</summary>
    internal static InferenceOperation? OperationOf(string route) =>
        Array.IndexOf(Routes, route) is var index and >= 0 ? (InferenceOperation)index : null;

    internal static string NameOf(AttemptOutcome outcome) => outcome switch
    {
        AttemptOutcome.Succeeded => "succeeded",
        AttemptOutcome.Abandoned => "abandoned",
        AttemptOutcome.Rejected => "rejected",
        AttemptOutcome.RateLimited => "rate_limited",
        AttemptOutcome.CredentialsRefused => "credentials_refused",
        AttemptOutcome.ConnectFailed => "connect_failed",
        AttemptOutcome.TimedOut => "timed_out",
        AttemptOutcome.ServerError => "server_error",
        AttemptOutcome.InvalidAnswer => "invalid_answer",
        AttemptOutcome.StreamBroken => "stream_broken",
        _ => throw new UnreachableException($"The outcome {outcome} has no name."),
    };

    private static string ClassOf(int status) => StatusClasses[Math.Clamp(status / 100, 1, 5) - 1];
}
