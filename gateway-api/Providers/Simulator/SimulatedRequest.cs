using System.Runtime.InteropServices;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Providers.Simulator;

/// <summary>What the simulator reads of a request.</summary>
internal sealed record SimulatedRequest(string Model, bool Stream, bool IncludeUsage, int MaxTokens, int Choices, int PromptTokens)
{
    private const int BytesPerToken = 4;

    /// <summary>The inputs of an embedding, as text.</summary>
    public IReadOnlyList<string> Inputs { get; private init; } = [];

    /// <summary>How long an embedding is to be.</summary>
    public int Dimensions { get; private init; }

    /// <summary>Whether embeddings are to be sent as base64 instead of numbers.</summary>
    public bool AsBase64 { get; private init; }

    public static SimulatedRequest Read(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 256 });
        var root = document.RootElement;
        var options = Member(root, "stream_options");
        return new SimulatedRequest(
            Member(root, "model").GetString()!,
            Member(root, "stream").ValueKind == JsonValueKind.True,
            options.ValueKind == JsonValueKind.Object && Member(options, "include_usage").ValueKind == JsonValueKind.True,
            Number(root, "max_completion_tokens", Number(root, "max_tokens", int.MaxValue)),
            Number(root, "n", 1),
            PromptTokensOf(root))
        {
            Inputs = ReadInputs(Member(root, "input")),
            Dimensions = Math.Clamp(Number(root, "dimensions", 16), 1, 4096),
            AsBase64 = Member(root, "encoding_format") is { ValueKind: JsonValueKind.String } format && format.ValueEquals("base64"),
        };
    }

    // Of what is said only: how the answer is to come must not change what it costs.
    private static int PromptTokensOf(JsonElement root)
    {
        var bytes = 0;
        foreach (var name in (ReadOnlySpan<string>)["messages", "prompt", "input"])
        {
            if (root.TryGetProperty(name, out var said))
            {
                bytes += JsonMarshal.GetRawUtf8Value(said).Length;
            }
        }

        return Math.Max(1, bytes / BytesPerToken);
    }

    private static string[] ReadInputs(JsonElement input)
    {
        var isOne = input.ValueKind != JsonValueKind.Array || input.GetArrayLength() == 0 || input[0].ValueKind == JsonValueKind.Number;
        return isOne ? [input.ToString()] : [.. input.EnumerateArray().Select(i => i.ToString())];
    }

    private static JsonElement Member(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value : default;

    private static int Number(JsonElement element, string name, int otherwise) =>
        Member(element, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : otherwise;
}
