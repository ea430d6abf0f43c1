using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Costs;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Embeddings;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Telemetry;

/// <summary>
/// The spans of a request: ASP.NET Core's own for the whole, below it one for each stage that may wait, and one for each
/// attempt at a provider, named and described as OpenTelemetry's conventions for generative AI ask. None holds a prompt,
/// an answer or a key. Without a listener nothing is made.
/// </summary>
/// <remarks>Conventions: https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/.</remarks>
internal static class GatewayTracing
{
    public const string SourceName = "ProxyCluster.Gateway";

    /// <summary>Finding out who asks; may wait for the key directory.</summary>
    public const string Authenticate = "authenticate";

    /// <summary>Taking in the request's body.</summary>
    public const string Receive = "receive";

    /// <summary>Holding the caller to its limits; may wait for the limiter.</summary>
    public const string Limit = "limit";

    /// <summary>Condensing a conversation; may wait for summaries.</summary>
    public const string Condense = "condense";

    public const string HttpStatus = "http.response.status_code";

    private const string ErrorType = "error.type";

    private static readonly ActivitySource Source = new(SourceName, ProductVersion.Text);

    /// <summary>Begins the span of a stage.</summary>
    public static Activity? Stage(string name) => Source.StartActivity(name);

    /// <summary>Tells in the request's own span what became of it.</summary>
    public static void DescribeRequest(Exchange exchange, int status)
    {
        // A span that nobody records is made for logs, and has no source.
        if (!Source.HasListeners()
            || exchange.Context.Features.Get<IHttpActivityFeature>()?.Activity is not { IsAllDataRequested: true, Source.Name.Length: > 0 } span)
        {
            return;
        }

        var request = exchange.Context.Request;
        span.DisplayName = $"{request.Method} {request.Path}";
        span.SetTag("http.request.method", request.Method);
        span.SetTag("http.route", request.Path.Value);
        span.SetTag(HttpStatus, status);
        span.SetTag("proxycluster.request_id", exchange.RequestId);
        span.SetTag("proxycluster.caller", exchange.Caller?.Name);
        span.SetTag("proxycluster.user", exchange.Caller?.User);
        span.SetTag("proxycluster.team", exchange.Caller?.Team);
        span.SetTag("client.address", exchange.From.AddressText);
        span.SetTag("user_agent.original", exchange.From.UserAgent);
        span.SetTag("proxycluster.provider", exchange.Candidate?.Provider.Name);
        span.SetTag("proxycluster.attempts", exchange.Attempts);
        span.SetTag("proxycluster.strategy", exchange.Strategy);
        if (exchange.Explores)
        {
            span.SetTag("proxycluster.exploration", true);
        }

        if (exchange.Fallback != FallbackReason.None)
        {
            span.SetTag("proxycluster.fallback", FallbackReasons.NameOf(exchange.Fallback));
        }

        if (exchange.Condensed is { } condensed)
        {
            CondensationTags.Write(span, condensed);
        }

        span.SetTag("gen_ai.request.model", exchange.Request?.Model);
        if (exchange.Usage is { } usage && exchange.Candidate is { } candidate && AnswerCost.DollarsOf(candidate.Entry, usage) is { } dollars)
        {
            span.SetTag("proxycluster.cost_usd", (double)dollars);
        }

        if (status >= StatusCodes.Status400BadRequest)
        {
            span.SetTag(ErrorType, status.ToString(CultureInfo.InvariantCulture));
            span.SetStatus(status >= StatusCodes.Status500InternalServerError ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
        }
    }

    /// <summary>Tells in the span of <see cref="Condense"/> what was done, and how long its steps took.</summary>
    public static void DescribeCondensation(Activity? span, CondensedFigures figures)
    {
        if (span is { IsAllDataRequested: true })
        {
            CondensationTags.WriteAll(span, figures);
        }
    }

    /// <summary>Tells in the span of <see cref="Condense"/> why nothing was done.</summary>
    public static void DescribeFailure(Activity? span, CondensationStrategy strategy, string outcome)
    {
        span?.SetTag("proxycluster.condensed.strategy", StrategyNames.Of(strategy));
        span?.SetTag(ErrorType, outcome);
    }

    /// <summary>Begins the span of an attempt.</summary>
    public static Activity? BeginAttempt(InferenceRequest request, UpstreamClient client, Candidate candidate)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var operation = GenAiNames.OperationOf(request.Operation);
        var span = Source.StartActivity($"{operation} {candidate.UpstreamModel}", ActivityKind.Client);
        if (span is not { IsAllDataRequested: true })
        {
            return span;
        }

        span.SetTag("gen_ai.operation.name", operation);
        span.SetTag("gen_ai.provider.name", GenAiNames.ProviderOf(client.Adapter.Type));
        span.SetTag("gen_ai.request.model", candidate.UpstreamModel);
        span.SetTag("gen_ai.request.stream", request.Stream);
        if (request.MaxOutputTokens > 0)
        {
            span.SetTag("gen_ai.request.max_tokens", request.MaxOutputTokens);
        }

        span.SetTag("server.address", client.BaseUri.Host);
        span.SetTag("server.port", client.BaseUri.Port);
        span.SetTag("proxycluster.provider", candidate.Provider.Name);
        return span;
    }

    /// <summary>
    /// Begins the span of a call that several requests share: of a trace of its own, with a link to each of them. The
    /// attempts at providers stand below it.
    /// </summary>
    public static Activity? BeginJoined(IReadOnlyList<EmbeddingsMember> members) => !Source.HasListeners()
        ? null
        : Source.StartActivity(
            "joined embeddings",
            ActivityKind.Internal,
            parentContext: default,
            links: members.Where(static member => member.Trace != default).Select(static member => new ActivityLink(member.Trace)));

    /// <summary>Lets the trace go on at the provider.</summary>
    public static void Hand(Activity span, HttpRequestMessage message)
    {
        message.Headers.TryAddWithoutValidation("traceparent", span.Id);
        if (span.TraceStateString is { Length: > 0 } state)
        {
            message.Headers.TryAddWithoutValidation("tracestate", state);
        }
    }

    /// <summary>Takes from an answer, or from an event of one, which model gave it.</summary>
    /// <returns>Whether it says so.</returns>
    public static bool Answered(Activity span, ReadOnlySpan<byte> json)
    {
        if (!span.IsAllDataRequested)
        {
            return true;
        }

        var model = AnsweringModel.Find(json);
        span.SetTag("gen_ai.response.model", model);
        return model is not null;
    }

    /// <summary>Notes when the first content of a stream came.</summary>
    public static void FirstContent(Activity? span) => span?.AddEvent(new ActivityEvent("first_content"));

    /// <summary>Notes that a kept-open connection had died and the request was sent again.</summary>
    public static void Reconnected(Activity? span) => span?.AddEvent(new ActivityEvent("reconnected"));

    /// <summary>Tells in an attempt's span how it ended.</summary>
    public static void EndAttempt(Activity? span, in AttemptReport report)
    {
        if (span is not { IsAllDataRequested: true })
        {
            return;
        }

        if (report.Usage != default)
        {
            span.SetTag("gen_ai.usage.input_tokens", report.Usage.Prompt);
            span.SetTag("gen_ai.usage.output_tokens", report.Usage.Completion);
            span.SetTag("gen_ai.usage.cache_read.input_tokens", report.Usage.CacheRead);
            span.SetTag("gen_ai.usage.cache_creation.input_tokens", report.Usage.CacheWrite);
        }

        if (report.Outcome != AttemptOutcome.Succeeded)
        {
            span.SetTag(ErrorType, GatewayMetrics.NameOf(report.Outcome));
            span.SetStatus(report.Outcome == AttemptOutcome.Abandoned ? ActivityStatusCode.Unset : ActivityStatusCode.Error);
        }
    }
}
