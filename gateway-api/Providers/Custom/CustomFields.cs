using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Custom;

/// <summary>What becomes of the fields of a request, by what its provider's template has a place for.</summary>
internal static class CustomFields
{
    // Without these the answer would be another than was asked for. Everything else only tunes it.
    private static readonly string[] Needed =
    [
        "stop", "n", "logprobs", "modalities", "audio", "functions", "function_call", "web_search_options",
    ];

    // Looked into where the request is written.
    private static readonly string[] Judged = ["messages", "model", "stream", "stream_options", "tools", "tool_choice", "response_format"];

    /// <summary>The table of one template: what it has no place for is refused if needed, else dropped.</summary>
    public static FieldTable TableOf(RequestTemplate template)
    {
        var placed = template.Used.Union(Judged).ToHashSet(StringComparer.Ordinal);
        if (placed.Contains("max_tokens"))
        {
            placed.Add("max_completion_tokens");
        }

        return new FieldTable("custom_ai", placed, [], Needed.Except(placed));
    }
}
