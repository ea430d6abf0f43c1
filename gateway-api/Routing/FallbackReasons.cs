using System.Diagnostics;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Routing;

/// <summary>Reads from a failure whether another model could mend it, and which.</summary>
internal static class FallbackReasons
{
    private static readonly string[] ContextPhrases = ["context length", "context window", "context size", "too many tokens", "prompt is too long"];
    private static readonly string[] FilterPhrases = ["content management policy", "content filter", "content policy"];

    /// <summary>The reason; <see cref="FallbackReason.None"/>: the answer is final.</summary>
    /// <param name="result">How serving the request ended. Its answer has not begun.</param>
    public static FallbackReason Of(in AttemptResult result)
    {
        if (result.Refusal is not { } refusal || result.Outcome is AttemptOutcome.Abandoned or AttemptOutcome.Succeeded or AttemptOutcome.StreamBroken)
        {
            return FallbackReason.None;
        }

        if (result.Outcome == AttemptOutcome.RateLimited)
        {
            return FallbackReason.RateLimited;
        }

        return result.Outcome == AttemptOutcome.Rejected ? OfRejection(refusal, result.TryAnother) : FallbackReason.Other;
    }

    /// <summary>As headers, traces and metrics name it.</summary>
    public static string NameOf(FallbackReason reason) => reason switch
    {
        FallbackReason.None => "none",
        FallbackReason.ContextTooLong => "context_too_long",
        FallbackReason.ContentFilter => "content_filter",
        FallbackReason.RateLimited => "rate_limited",
        FallbackReason.Other => "any",
        _ => throw new UnreachableException($"The reason {reason} has no name."),
    };

    // Codes are those of OpenAI, Azure and this gateway's own adapters; compatible servers often tell a message alone.
    private static FallbackReason OfRejection(Refusal refusal, bool tryAnother) => refusal.Code switch
    {
        "context_length_exceeded" or "request_too_large" or "string_above_max_length" => FallbackReason.ContextTooLong,
        "content_filter" or "content_policy_violation" or "moderation_blocked" or "ResponsibleAIPolicyViolation" => FallbackReason.ContentFilter,
        "model_not_found" or "capability_not_supported" or "no_healthy_provider" => FallbackReason.Other,
        _ when SaysOneOf(refusal, ContextPhrases) => FallbackReason.ContextTooLong,
        _ when SaysOneOf(refusal, FilterPhrases) => FallbackReason.ContentFilter,
        _ => tryAnother ? FallbackReason.Other : FallbackReason.None,
    };

    private static bool SaysOneOf(Refusal refusal, string[] phrases)
    {
        foreach (var phrase in phrases)
        {
            if (refusal.Message.Contains(phrase, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
