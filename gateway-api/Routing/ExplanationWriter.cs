using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Writes an explanation as JSON: every candidate's parts, what speaks against it, and the choice.</summary>
internal static class ExplanationWriter
{
    private static readonly (Exclusion One, string Name)[] Reasons =
    [
        (Exclusion.SlowStart, "slow_start"),
        (Exclusion.Full, "at_capacity"),
        (Exclusion.Unhealthy, "unhealthy"),
        (Exclusion.CircuitHalfOpen, "circuit_half_open"),
        (Exclusion.Resting, "rate_limited"),
        (Exclusion.CircuitOpen, "circuit_open"),
        (Exclusion.Makeshift, "makeshift"),
        (Exclusion.LaterInOrder, "later_in_order"),
        (Exclusion.ProbeFirst, "probe_first"),
        (Exclusion.ContextLength, "context_length"),
        (Exclusion.Capability, "capability"),
        (Exclusion.Tried, "tried"),
        (Exclusion.NotNamed, "not_named"),
        (Exclusion.Disabled, "disabled"),
        (Exclusion.Draining, "draining"),
        (Exclusion.ModelNotAllowed, "model_not_allowed"),
        (Exclusion.RegionNotAllowed, "region_not_allowed"),
    ];

    /// <summary>Writes it.</summary>
    public static void Write(
        IBufferWriter<byte> output, Exchange exchange, RoutingSnapshot snapshot, in ProviderPlan plan, PickExplanation explanation)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("object"u8, "routing.explanation"u8);
        json.WriteString("model"u8, exchange.Target);
        json.WriteBoolean("alias"u8, plan.Candidates.Alias is not null);
        json.WriteString("strategy"u8, plan.Strategy.Name);
        json.WriteString("region"u8, exchange.Region);
        json.WriteBoolean("stale"u8, snapshot.IsStale);
        WriteRequest(json, plan.Request);
        WriteWeights(json, snapshot.Index.Weights);
        WriteChoice(json, plan, explanation);
        json.WriteStartArray("candidates"u8);
        for (var i = 0; i < explanation.Candidates.Length; i++)
        {
            WriteCandidate(json, explanation, i, plan.Request);
        }

        json.WriteEndArray();
        if (plan.Candidates.Alias?.Fallbacks is { } fallbacks)
        {
            WriteFallbacks(json, fallbacks);
        }

        json.WriteEndObject();
    }

    private static void WriteRequest(Utf8JsonWriter json, in PickRequest request)
    {
        json.WriteStartObject("request"u8);
        json.WriteNumber("prompt_tokens"u8, request.PromptTokens);
        json.WriteNumber("output_tokens"u8, request.EstimatedOutputTokens);
        json.WriteStartArray("capabilities"u8);
        foreach (var name in CapabilityNames.Of(request.Required))
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteWeights(Utf8JsonWriter json, in ScoreWeights weights)
    {
        json.WriteStartObject("weights"u8);
        json.WriteNumber("performance"u8, Rounded(weights.Performance));
        json.WriteNumber("cost"u8, Rounded(weights.Cost));
        json.WriteNumber("reliability"u8, Rounded(weights.Reliability));
        json.WriteNumber("load"u8, Rounded(weights.Load));
        json.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter json, in ProviderPlan plan, PickExplanation explanation)
    {
        if (explanation.Chosen < 0)
        {
            json.WriteNull("choice"u8);
        }
        else
        {
            var chosen = explanation.Candidates[explanation.Chosen].Candidate;
            json.WriteStartObject("choice"u8);
            json.WriteString("provider"u8, chosen.Provider.Name);
            json.WriteString("model"u8, chosen.UpstreamModel);
            json.WriteBoolean("exploration"u8, explanation.Explores);
            if (explanation.Chances is { } chances)
            {
                json.WriteBoolean("by_chance"u8, chances.Count(static chance => chance > 0) > 1);
            }

            json.WriteEndObject();
        }

        if (plan.Refusal is { } refusal)
        {
            json.WriteStartObject("refusal"u8);
            json.WriteNumber("status"u8, refusal.Status);
            json.WriteString("code"u8, refusal.Code);
            json.WriteString("message"u8, refusal.Message);
            json.WriteEndObject();
        }
    }

    private static void WriteCandidate(Utf8JsonWriter json, PickExplanation explanation, int number, in PickRequest request)
    {
        var explained = explanation.Candidates[number];
        var (candidate, provider) = (explained.Candidate, explained.Candidate.Provider);
        json.WriteStartObject();
        json.WriteString("provider"u8, provider.Name);
        json.WriteString("model"u8, candidate.UpstreamModel);
        json.WriteString("region"u8, provider.Region);
        json.WriteBoolean("chosen"u8, number == explanation.Chosen);
        WriteKnown(json, "chance"u8, explanation.Chances is not { } chances ? null : number < chances.Count ? chances[number] : 0);
        json.WriteBoolean("eligible"u8, explained.IsEligible);
        json.WriteStartArray("reasons"u8);
        foreach (var (one, name) in Reasons)
        {
            if ((explained.Exclusions & one) != 0)
            {
                json.WriteStringValue(name);
            }
        }

        json.WriteEndArray();
        WriteScore(json, explained.Score);
        json.WriteNumber("priority"u8, provider.Priority);
        json.WriteNumber("weight"u8, provider.Weight);
        json.WriteNumber("in_flight"u8, explained.InFlight);
        json.WriteNumber("capacity"u8, provider.MaxConcurrency);
        json.WriteString("status"u8, NameOf(explained.Status));
        json.WriteString("circuit"u8, NameOf(explained.Circuit));
        WriteKnown(json, "share"u8, explained.Share);
        WriteKnown(json, "latency_seconds"u8, explained.LatencySeconds);
        WriteKnown(json, "cost_usd"u8, candidate.Price.IsKnown ? request.CostAt(candidate.Price) : null);
        WriteKnown(json, "distance_km"u8, request.Client is { } client && candidate.Location is { } place ? client.KilometersTo(place) : null);
        json.WriteString("rests_until"u8, explained.RestsUntil?.ToString("O", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static void WriteScore(Utf8JsonWriter json, ScoreParts? score)
    {
        if (score is not { } parts)
        {
            json.WriteNull("score"u8);
            return;
        }

        json.WriteStartObject("score"u8);
        json.WriteNumber("performance"u8, Rounded(parts.Performance));
        json.WriteNumber("cost"u8, Rounded(parts.Cost));
        json.WriteNumber("reliability"u8, Rounded(parts.Reliability));
        json.WriteNumber("load"u8, Rounded(parts.Load));
        json.WriteNumber("total"u8, Rounded(parts.Total));
        json.WriteEndObject();
    }

    /// <summary>Writes which models take over, as the member <c>fallbacks</c>.</summary>
    public static void WriteFallbacks(Utf8JsonWriter json, AliasFallbacks fallbacks)
    {
        json.WriteStartObject("fallbacks"u8);
        Write("context_too_long", fallbacks.ContextTooLong);
        Write("content_filter", fallbacks.ContentFilter);
        Write("rate_limited", fallbacks.RateLimited);
        Write("any", fallbacks.Any);
        json.WriteEndObject();

        void Write(string reason, ImmutableArray<string> models)
        {
            json.WriteStartArray(reason);
            foreach (var model in models)
            {
                json.WriteStringValue(model);
            }

            json.WriteEndArray();
        }
    }

    private static void WriteKnown(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } known)
        {
            json.WriteNumber(name, known);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static string NameOf(ProviderStatus status) => status.ToString().ToLowerInvariant();

    private static string NameOf(CircuitState state) => state == CircuitState.HalfOpen ? "half_open" : state.ToString().ToLowerInvariant();

    // What binary fractions leave behind tells nobody anything.
    private static double Rounded(double value) => Math.Round(value, 12);
}
