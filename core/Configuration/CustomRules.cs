using System.Text.RegularExpressions;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Configuration;

/// <summary>The rules for how a <c>custom_ai</c> provider is spoken to.</summary>
public static partial class CustomRules
{
    /// <summary>The only type that has the section.</summary>
    public const string Type = CustomDefaults.Type;

    private static readonly string[] Meanings = ["stop", "length", "tool_calls", "content_filter"];

    /// <summary>Everything that is wrong.</summary>
    /// <param name="custom">As configured.</param>
    /// <returns>The settings, for example <c>Stream:Text</c>, each with what to write.</returns>
    public static IEnumerable<(string Setting, string Cure)> Check(CustomOptions custom)
    {
        ArgumentNullException.ThrowIfNull(custom);
        foreach (var (setting, path) in Routes(custom))
        {
            if (path is not null && !RoutePattern().IsMatch(path))
            {
                yield return (setting, "It must be a path below BaseUrl, for example v2/generate: no '?', no '#' and no '..'.");
            }
        }

        if (custom.KeyHeader is { } header && !HeaderPattern().IsMatch(header))
        {
            yield return ("KeyHeader", "It must be the name of a header that the gateway does not set itself, for example X-Api-Key.");
        }

        if (FaultOfRequest(custom) is { } fault)
        {
            yield return ("Request", fault);
        }

        foreach (var (setting, path) in Paths(custom).Concat(CallPaths(custom)))
        {
            if (path is not null && !JsonPath.IsPath(path))
            {
                yield return (setting, JsonPath.Cure);
            }
        }

        foreach (var setting in MissingCalls(custom))
        {
            yield return (setting, "A template with {{tools}} needs to know where calls are.");
        }

        foreach (var (word, meaning) in custom.Response.FinishWords)
        {
            if (!Meanings.Contains(meaning))
            {
                yield return ($"Response:FinishWords:{word}", $"It must be one of {string.Join(", ", Meanings)}.");
            }
        }

        if (custom.Stream is { Finish: null, EndMarker: null or "" })
        {
            yield return ("Stream", "It needs a Finish or an EndMarker: otherwise a stream that was cut looks like one that is whole.");
        }
    }

    private static IEnumerable<(string Setting, string? Path)> Routes(CustomOptions custom) =>
    [
        ("ChatPath", custom.ChatPath), ("CompletionPath", custom.CompletionPath), ("HealthPath", custom.HealthPath), ("ModelsPath", custom.ModelsPath),
    ];

    private static string? FaultOfRequest(CustomOptions custom)
    {
        if (custom.IsUsual)
        {
            return null;
        }

        if (RequestTemplate.FaultOf(custom.Request.Length == 0 ? "{}" : custom.Request) is { } fault)
        {
            return fault;
        }

        return custom.CompletionPath is null || RequestTemplate.Parse(custom.Request).Used.Contains("prompt")
            ? null
            : "A template that is sent to CompletionPath must have a place for {{prompt}}.";
    }

    private static IEnumerable<string> MissingCalls(CustomOptions custom)
    {
        if (custom.IsUsual || RequestTemplate.FaultOf(custom.Request) is not null || !RequestTemplate.Parse(custom.Request).Used.Contains("tools"))
        {
            yield break;
        }

        if (custom.Response.Calls is null)
        {
            yield return "Response:Calls";
        }

        if (custom.Stream is { Calls: null })
        {
            yield return "Stream:Calls";
        }
    }

    private static IEnumerable<(string Setting, string? Path)> CallPaths(CustomOptions custom) =>
        CallPaths("Response:Calls", custom.Response.Calls).Concat(CallPaths("Stream:Calls", custom.Stream?.Calls));

    private static IEnumerable<(string Setting, string? Path)> CallPaths(string setting, CustomCallOptions? calls) => calls is null ? [] :
    [
        ($"{setting}:List", calls.List), ($"{setting}:Id", calls.Id), ($"{setting}:Name", calls.Name),
        ($"{setting}:Arguments", calls.Arguments), ($"{setting}:Index", calls.Index),
    ];

    private static IEnumerable<(string Setting, string? Path)> Paths(CustomOptions custom)
    {
        var response = custom.Response;
        yield return ("Response:Text", custom.IsUsual && response.Text.Length == 0 ? null : response.Text);
        yield return ("Response:Finish", response.Finish);
        yield return ("Response:PromptTokens", response.PromptTokens);
        yield return ("Response:CompletionTokens", response.CompletionTokens);
        yield return ("Response:Id", response.Id);
        yield return ("Response:Error", response.Error);
        yield return ("Stream:Text", custom.Stream?.Text);
        yield return ("Stream:Finish", custom.Stream?.Finish);
        yield return ("Stream:PromptTokens", custom.Stream?.PromptTokens);
        yield return ("Stream:CompletionTokens", custom.Stream?.CompletionTokens);
    }

    [GeneratedRegex(@"^(?!.*\.\.)/?[A-Za-z0-9_{}][A-Za-z0-9_.:{}@~/-]{0,255}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 200)]
    private static partial Regex RoutePattern();

    // Not one of those that belong to the connection or to the body.
    [GeneratedRegex(
        @"^(?!(host|connection|upgrade|te|trailer|transfer-encoding|accept|accept-encoding|content-[a-z]+)\z)[!#$%&'*+.^_`|~0-9A-Z-]{1,128}\z",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase,
        matchTimeoutMilliseconds: 200)]
    private static partial Regex HeaderPattern();
}
