using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Custom;

/// <summary>Where things are in an answer, or in an event.</summary>
internal sealed class CustomPaths(string text, string? finish, string? promptTokens, string? completionTokens)
{
    private readonly JsonPath? _prompt = Optional(promptTokens);
    private readonly JsonPath? _completion = Optional(completionTokens);

    public JsonPath Text { get; } = JsonPath.Parse(text);

    public JsonPath? Finish { get; } = Optional(finish);

    /// <summary>Tokens billed, as far as they are told here.</summary>
    /// <param name="root">The answer or the event.</param>
    /// <param name="known">What was told before; <see langword="null"/>: nothing.</param>
    public TokenUsage? UsageIn(JsonElement root, TokenUsage? known)
    {
        var prompt = CountAt(_prompt, root);
        var completion = CountAt(_completion, root);
        return prompt is null && completion is null
            ? known
            : new TokenUsage(prompt ?? known?.UncachedInput ?? 0, 0, 0, completion ?? known?.Output ?? 0, 0);
    }

    private static long? CountAt(JsonPath? path, JsonElement root) =>
        path?.Find(root) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var count) && count >= 0 ? Math.Min(count, JsonText.MostCount) : null;

    private static JsonPath? Optional(string? path) => path is null ? null : JsonPath.Parse(path);
}
