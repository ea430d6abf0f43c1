using System.Collections.Frozen;
using System.Globalization;
using System.Text.RegularExpressions;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.RateLimiting;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>The headers of Anthropic's API, in and out.</summary>
internal static class MessagesHeaders
{
    public const string Version = "anthropic-version";
    public const string Betas = "anthropic-beta";

    private const int MostBetas = 16;
    private const int LongestName = 64;

    /// <summary>
    /// Betas that change the form of requests and answers and nothing else, without their dates. Those that reach what an
    /// account keeps (files, containers, skills), call third parties, or bill otherwise than the price list says are left
    /// out: all callers share the account.
    /// </summary>
    public static readonly FrozenSet<string> Allowed = new[]
    {
        "adaptive-thinking", "advanced-tool-use", "cache-diagnosis", "claude-code", "compact", "computer-use", "context-1m", "context-management",
        "dev-full-thinking", "effort", "extended-cache-ttl", "fine-grained-tool-streaming", "interleaved-thinking",
        "max-tokens-3-5-sonnet", "mid-conversation-output-config", "mid-conversation-system-clear-at", "mid-conversation-tool-changes",
        "model-context-window-exceeded", "output-128k", "output-300k", "pdfs", "prompt-caching", "prompt-caching-scope", "redact-thinking",
        "search-results", "structured-outputs", "task-budgets", "thinking-display-updates", "thinking-token-count",
        "token-counting", "token-efficient-tools", "tool-examples", "tool-search-tool",
    }.ToFrozenSet(StringComparer.Ordinal);

    // In linear time, so that they need no time limit: one would strike a thread that merely waits for a core.
    private static readonly Regex Date = new(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
    private static readonly Regex DateAtEnd = new(@"-[0-9]{4}-?[0-9]{2}-?[0-9]{2}\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    /// <summary>What goes on to a provider of Anthropic's API: a well-formed version, and betas of the list.</summary>
    public static DialectHeaders Read(IHeaderDictionary headers)
    {
        var version = headers[Version];
        var betas = headers[Betas];
        if (version.Count == 0 && betas.Count == 0)
        {
            return DialectHeaders.None;
        }

        var passed = new List<KeyValuePair<string, string>>();
        var notes = new TranslationNotes();
        if (version.Count == 1 && version[0] is { Length: 10 } date && Date.IsMatch(date))
        {
            passed.Add(new(Version, date));
        }

        var names = betas.SelectMany(static value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        var allowed = new List<string>();
        foreach (var name in names)
        {
            if (name.Length <= LongestName && allowed.Count < MostBetas && Allowed.Contains(DateAtEnd.Replace(name, "")))
            {
                allowed.Add(name);
            }
            else
            {
                notes.Dropped($"{Betas}.{name}");
            }
        }

        if (allowed.Count > 0)
        {
            passed.Add(new(Betas, string.Join(',', allowed)));
        }

        return new DialectHeaders(passed, notes.ToHeader());
    }

    /// <summary>How a caller stands, in Anthropic's headers; nothing where no limit applies.</summary>
    public static void WriteLimits(IHeaderDictionary headers, in LimitDecision decision, TimeProvider clock)
    {
        if (decision.Limit <= 0)
        {
            return;
        }

        headers["anthropic-ratelimit-requests-limit"] = decision.Limit.ToString(CultureInfo.InvariantCulture);
        headers["anthropic-ratelimit-requests-remaining"] = decision.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["anthropic-ratelimit-requests-reset"] = Moment(clock, decision.Reset);
    }

    /// <summary>How a caller stands against its limits on tokens, in Anthropic's headers.</summary>
    public static void WriteTokenLimits(IHeaderDictionary headers, in TokenStanding standing, TimeProvider clock)
    {
        headers["anthropic-ratelimit-tokens-limit"] = standing.Limit.ToString(CultureInfo.InvariantCulture);
        headers["anthropic-ratelimit-tokens-remaining"] = standing.Remaining.ToString(CultureInfo.InvariantCulture);
        headers["anthropic-ratelimit-tokens-reset"] = Moment(clock, standing.Reset);
    }

    private static string Moment(TimeProvider clock, TimeSpan ahead) =>
        (clock.GetUtcNow() + ahead).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
