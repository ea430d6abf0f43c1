using System.Collections.Concurrent;
using System.Text.Json;

namespace ProxyCluster.Tests.Schemas;

/// <summary>Finds the published schema that a request is to fit.</summary>
internal static class PublishedSchemas
{
    private static readonly ConcurrentDictionary<string, PublishedSchema?> ByProvider = new(StringComparer.Ordinal);

    /// <summary>
    /// The schema of an adapter's type. Servers that publish no types of their own say that they take OpenAI's; vLLM,
    /// llama.cpp and Ollama take more than that and pass over what they do not know.
    /// </summary>
    public static PublishedSchema Of(string type) => Read(type) ?? Read("openai")!;

    /// <summary>Whether the provider behind an adapter publishes types of its own.</summary>
    public static bool IsPublished(string type) => Read(type) is not null;

    /// <summary>What of a request does not fit; empty: all does, or requests to this path have no published form.</summary>
    /// <param name="type">The adapter's.</param>
    /// <param name="path">The request's path, without a query.</param>
    /// <param name="body">The request.</param>
    public static IReadOnlyList<string> Faults(string type, string path, ReadOnlyMemory<byte> body)
    {
        var schema = Of(type);
        if (schema.Match(path) is not { } end)
        {
            return [];
        }

        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 1000 });
        return schema.Faults(end, document.RootElement);
    }

    /// <summary>Whose form a request to a path is in; <see langword="null"/>: no provider's that is known here.</summary>
    public static string? TypeByPath(string path) => path switch
    {
        _ when path.EndsWith("/messages", StringComparison.Ordinal) || path.EndsWith("/messages/count_tokens", StringComparison.Ordinal) => "anthropic",
        _ when path.Contains("/publishers/", StringComparison.Ordinal) => "vertex",
        _ when path.EndsWith("/api/chat", StringComparison.Ordinal) || path.EndsWith("/api/embed", StringComparison.Ordinal) => "ollama-native",
        _ => ((string[])["bedrock", "gemini", "openai", "cohere"]).FirstOrDefault(type => Of(type).Match(path) is not null),
    };

    private static PublishedSchema? Read(string provider) => ByProvider.GetOrAdd(provider, PublishedSchema.Read);
}
