using System.Text.Json;
using ProxyCluster.Core.Costs;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Requests;

/// <summary>Writes what is remembered of requests and of the decisions made for them. Times are milliseconds.</summary>
internal sealed class RecentRequestWriter(TimeProvider clock)
{
    private const int Decimals = 3;

    /// <summary>Writes a request: what became of it, how long its stages took, and each attempt.</summary>
    public void Write(Utf8JsonWriter json, RecentRequest recent)
    {
        var request = recent.Request;
        json.WriteStartObject();
        json.WriteString("requestId"u8, request.Id);
        json.WriteMoment("startedAt", MomentOf(request.Started));
        json.WriteString("route"u8, GatewayMetrics.RouteOf(request.Operation));
        json.WriteString("model"u8, request.Model);
        json.WriteString("caller"u8, request.Caller);
        json.WriteString("address"u8, request.From.AddressText);
        json.WriteString("userAgent"u8, request.From.UserAgent);
        json.WriteString("priority"u8, PriorityNames.Of(request.Priority));
        json.WriteBoolean("stream"u8, request.IsStream);
        json.WriteNumber("status"u8, request.Status);
        json.WriteString("error"u8, request.Error);
        if (request.SharedBy > 1)
        {
            json.WriteNumber("sharedBy"u8, request.SharedBy);
        }

        if (request.Condensed is { } condensed)
        {
            WriteCondensed(json, condensed);
        }

        WriteTimes(json, request);
        WriteUsage(json, request.Candidate?.Entry, request.Usage);
        json.WriteStartArray("attempts"u8);
        foreach (var attempt in recent.Attempts)
        {
            json.WriteStartObject();
            WriteDecision(json, attempt);
            WriteTime(json, "startedAfter", clock.GetElapsedTime(request.Started, attempt.StartedAt));
            WriteTime(json, "took", attempt.Took);
            WriteTime(json, "latency", attempt.Latency);
            WriteUsage(json, attempt.Candidate.Entry, attempt.Usage == default ? null : attempt.Usage);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes each decision that was made for a request: one for each attempt.</summary>
    public void WriteDecisions(Utf8JsonWriter json, RecentRequest recent)
    {
        foreach (var attempt in recent.Attempts)
        {
            json.WriteStartObject();
            json.WriteMoment("at", MomentOf(attempt.StartedAt));
            json.WriteString("requestId"u8, recent.Request.Id);
            json.WriteString("model"u8, recent.Request.Model);
            WriteDecision(json, attempt);
            json.WriteEndObject();
        }
    }

    private static void WriteDecision(Utf8JsonWriter json, in AttemptNote attempt)
    {
        json.WriteString("provider"u8, attempt.Candidate.Provider.Name);
        json.WriteString("providerModel"u8, attempt.Candidate.UpstreamModel);
        json.WriteString("target"u8, attempt.Target);
        json.WriteString("strategy"u8, attempt.Strategy);
        json.WriteBoolean("exploration"u8, attempt.Explores);
        json.WriteString("fallback"u8, attempt.Fallback == FallbackReason.None ? null : FallbackReasons.NameOf(attempt.Fallback));
        json.WriteString("outcome"u8, GatewayMetrics.NameOf(attempt.Outcome));
    }

    private static void WriteCondensed(Utf8JsonWriter json, CondensedFigures condensed)
    {
        json.WriteStartObject("condensed"u8);
        json.WriteString("strategy"u8, StrategyNames.Of(condensed.Strategy));
        json.WriteNumber("tokensBefore"u8, condensed.TokensBefore);
        json.WriteNumber("tokensAfter"u8, condensed.TokensAfter);
        json.WriteNumber("kept"u8, condensed.Kept);
        json.WriteNumber("shortened"u8, condensed.Shortened);
        json.WriteNumber("merged"u8, condensed.Merged);
        json.WriteNumber("dropped"u8, condensed.Dropped);
        json.WriteNumber("summaries"u8, condensed.Summaries);
        if (condensed.SummaryDollars > 0)
        {
            json.WriteNumber("summariesCostUsd"u8, condensed.SummaryDollars);
        }

        if (condensed.Rolling is { } rolling)
        {
            json.WriteNumber("step"u8, rolling.Step);
            json.WriteBoolean("newStep"u8, rolling.IsNew);
            json.WriteNumber("savedTokens"u8, rolling.Saved);
            json.WriteNumber("lostTokens"u8, rolling.Lost);
        }

        WriteTime(json, "countMilliseconds", condensed.Counted);
        WriteTime(json, "summariseMilliseconds", condensed.Summarised);
        WriteTime(json, "selectMilliseconds", condensed.Selected);
        WriteTime(json, "milliseconds", condensed.Took);
        json.WriteEndObject();
    }

    private void WriteTimes(Utf8JsonWriter json, in RequestNote request)
    {
        json.WriteStartObject("milliseconds"u8);
        WriteTime(json, "total", clock.GetElapsedTime(request.Started, request.EndedAt));
        WriteStage(json, "authenticate", request.Started, request.AuthenticatedAt);
        WriteStage(json, "limit", request.AuthenticatedAt, request.LimitedAt);
        WriteStage(json, "route", request.LimitedAt, request.RoutedAt);
        WriteTime(json, "batch", request.Waited);
        WriteTime(json, "upstream", request.Upstream);
        WriteStage(json, "firstByte", request.Started, request.FirstByteAt);
        json.WriteEndObject();
    }

    private void WriteStage(Utf8JsonWriter json, string name, long from, long to)
    {
        if (from == 0 || to == 0)
        {
            json.WriteNull(name);
            return;
        }

        WriteTime(json, name, clock.GetElapsedTime(from, to));
    }

    private static void WriteTime(Utf8JsonWriter json, string name, TimeSpan time) => json.WriteNumber(name, Math.Round(time.TotalMilliseconds, Decimals));

    private static void WriteUsage(Utf8JsonWriter json, ModelDefinition? entry, TokenUsage? usage)
    {
        json.WriteStartObject("usage"u8);
        if (usage is { } billed)
        {
            json.WriteNumber("promptTokens"u8, billed.Prompt);
            json.WriteNumber("completionTokens"u8, billed.Completion);
            if (entry is not null && AnswerCost.DollarsOf(entry, billed) is { } dollars)
            {
                json.WriteNumber("costUsd"u8, dollars);
            }
        }

        json.WriteEndObject();
    }

    private DateTimeOffset MomentOf(long timestamp) => clock.GetUtcNow() - clock.GetElapsedTime(timestamp);
}
