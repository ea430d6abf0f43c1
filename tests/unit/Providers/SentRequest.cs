using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.Tests.Schemas;

namespace ProxyCluster.Tests.Unit.Providers;

/// <summary>What an adapter sends, held to the schema that the provider publishes.</summary>
internal static class SentRequest
{
    // What tests send as a field that nobody knows.
    private const string UnknownPrefix = "x_";

    private static readonly Dictionary<string, string> TypeByHost = OpenAiDialect.Presets
        .Where(static preset => preset.BaseUrl is not null && preset.NeedsKey)
        .ToDictionary(static preset => new Uri(preset.BaseUrl!).Host, static preset => preset.Type, StringComparer.Ordinal);

    /// <summary>Reads a request's body; one that the gateway wrote itself must fit its provider's schema.</summary>
    /// <param name="upstream">What the adapter sends.</param>
    /// <param name="type">The adapter's; <see langword="null"/>: it is told by the address.</param>
    public static JsonObject Body(UpstreamRequest upstream, string? type = null)
    {
        var content = upstream.Message!.Content!;
        var body = content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        var root = JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { MaxDepth = 1000 })!.AsObject();
        if (content is not PatchedContent && type != "custom_ai")
        {
            var faults = Faults(upstream.Message.RequestUri!, root, type);
            Assert.True(faults is [], string.Join('\n', faults));
        }

        return root;
    }

    /// <summary>What of a request its provider would not take.</summary>
    public static IReadOnlyList<string> Faults(Uri address, JsonObject request, string? type = null)
    {
        var known = new JsonObject(request.Where(static member => !member.Key.StartsWith(UnknownPrefix, StringComparison.Ordinal))
            .Select(static member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        type ??= TypeByHost.GetValueOrDefault(address.Host) ?? PublishedSchemas.TypeByPath(address.AbsolutePath);
        var faults = type is null ? [] : PublishedSchemas.Faults(type, address.AbsolutePath, JsonSerializer.SerializeToUtf8Bytes(known));
        return [.. faults.Where(fault => !TakesThoughts(type!) || !fault.Contains("/reasoning_content:", StringComparison.Ordinal))];
    }

    // Servers with a word of their own for thoughts beside OpenAI's fields, which publish no types or more than one form.
    private static bool TakesThoughts(string type) => !PublishedSchemas.IsPublished(type) || type == "openrouter";
}
