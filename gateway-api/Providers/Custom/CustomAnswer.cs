using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Custom;

/// <summary>Reads a whole answer along the paths of its provider.</summary>
internal static class CustomAnswer
{
    /// <returns><see langword="null"/> when the body is no answer: no JSON, an error, or no text where it should be.</returns>
    public static Answer? Read(CustomShape shape, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (shape.Error?.Find(root) is not null || CallsIn(shape, root) is not { } calls)
            {
                return null;
            }

            // A model that calls tools may have nothing to say.
            var text = shape.Answer.Text.Find(root);
            return text is not { ValueKind: JsonValueKind.String } && (text is not null || calls.Count == 0) ? null : new Answer
            {
                Id = shape.Id?.Find(root) is { ValueKind: JsonValueKind.String } id ? id.GetString() : null,
                Text = text?.GetString(),
                Calls = calls,
                Finish = CustomShape.FinishOf(shape.FinishOf(shape.Answer.Finish?.Find(root)) ?? FinishReason.Stop, calls.Count > 0),
                Usage = shape.Answer.UsageIn(root, null),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    // Null: there is something where calls should be, but they are none.
    private static List<ToolCall>? CallsIn(CustomShape shape, JsonElement root)
    {
        if (shape.AnswerCalls is not { } paths)
        {
            return [];
        }

        return paths.TryRead(root, out var pieces) && pieces.TrueForAll(static piece => piece.Name is not null)
            ? pieces.ConvertAll(static piece => new ToolCall(
                piece.Id ?? $"call_{Guid.NewGuid():N}", piece.Name!, piece.Arguments is { Length: > 0 } arguments ? arguments : "{}"))
            : null;
    }

    /// <summary>The message of an error's body; <see langword="null"/>: there is none.</summary>
    public static string? ErrorIn(CustomShape shape, ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            return shape.Error?.Find(document.RootElement) is { ValueKind: JsonValueKind.String } message ? message.GetString() : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
