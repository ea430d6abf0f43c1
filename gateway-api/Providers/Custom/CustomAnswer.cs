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
            if (shape.Error?.Find(root) is not null || shape.Answer.Text.Find(root) is not { ValueKind: JsonValueKind.String } text)
            {
                return null;
            }

            return new Answer
            {
                Id = shape.Id?.Find(root) is { ValueKind: JsonValueKind.String } id ? id.GetString() : null,
                Text = text.GetString(),
                Finish = shape.FinishOf(shape.Answer.Finish?.Find(root)) ?? FinishReason.Stop,
                Usage = shape.Answer.UsageIn(root, null),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
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
