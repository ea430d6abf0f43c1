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
    public static JsonObject Body(UpstreamRequest upstream)
    {
        var content = upstream.Message!.Content!;
        var body = content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken).GetAwaiter().GetResult();
        var root = JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { MaxDepth = 1000 })!.AsObject();
        if (content is not PatchedContent)
        {
            Assert.True(Faults(upstream.Message.RequestUri!, root) is [], string.Join("\n", Faults(upstream.Message.RequestUri!, root)));
        }

        return root;
    }

    /// <summary>What of a request its provider would not take.</summary>
    public static IReadOnlyList<string> Faults(Uri address, JsonObject request)
    {
        var known = new JsonObject(request.Where(static member => !member.Key.StartsWith(UnknownPrefix, StringComparison.Ordinal))
            .Select(static member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        return TypeOf(address) is { } type ? PublishedSchemas.Faults(type, address.AbsolutePath, JsonSerializer.SerializeToUtf8Bytes(known)) : [];
    }

    private static string? TypeOf(Uri address) => TypeByHost.GetValueOrDefault(address.Host) ?? PublishedSchemas.TypeByPath(address.AbsolutePath);
}
