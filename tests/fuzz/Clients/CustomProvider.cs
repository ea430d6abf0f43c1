using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Custom;

namespace ProxyCluster.Tests.Fuzz.Clients;

/// <summary>Two providers that configuration describes: one streams server-sent events up to a marker, one lines.</summary>
internal static class CustomProvider
{
    /// <summary>Streams events.</summary>
    public static ProviderAdapter OfEvents { get; } = Create(isLines: false, endMarker: "[END]");

    /// <summary>Streams lines.</summary>
    public static ProviderAdapter OfLines { get; } = Create(isLines: true, endMarker: null);

    /// <summary>How either is described.</summary>
    public static CustomMapping Mapping(bool isLines, string? endMarker) => new()
    {
        ChatPath = "v2/{{model}}/generate",
        HealthPath = "health",
        ModelsPath = "models",
        Request = """{"model":"{{model}}","turns":"{{messages}}","limit":"{{max_tokens}}","stream":"{{stream}}"}""",
        Response = new CustomAnswerMapping
        {
            Text = "result.parts[0].text",
            Finish = "result.why",
            FinishWords = [new FinishWord("END", "stop"), new FinishWord("LIMIT", "length"), new FinishWord("BLOCKED", "content_filter")],
            PromptTokens = "usage.read",
            CompletionTokens = "usage.written",
            Id = "id",
            Error = "problem.message",
            Calls = Calls,
        },
        Stream = new CustomStreamMapping
        {
            IsLines = isLines,
            Text = "piece.text",
            Finish = "piece.why",
            PromptTokens = "usage.read",
            CompletionTokens = "usage.written",
            EndMarker = endMarker,
            Calls = Calls,
        },
    };

    private static CustomCallMapping Calls => new() { List = "calls", Name = "fn", Id = "ref", Arguments = "args", Index = "n" };

    private static CustomAdapter Create(bool isLines, string? endMarker) => new(Clock.Still, new CustomShape(Mapping(isLines, endMarker)));
}
