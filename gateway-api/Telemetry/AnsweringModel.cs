using System.Text.Json;

namespace ProxyCluster.GatewayApi.Telemetry;

/// <summary>Finds which model gave an answer, in any provider's form. Looks no deeper than it must, and only for traces.</summary>
internal static class AnsweringModel
{
    private const int MostBytes = 128;

    /// <summary>The model's name: <c>model</c> or <c>modelVersion</c>, of the object or of the message it begins with.</summary>
    /// <param name="json">An answer, or one event of a stream, whole or not.</param>
    /// <returns><see langword="null"/>: it does not say, or too much.</returns>
    public static string? Find(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
            return reader.Read() && reader.TokenType == JsonTokenType.StartObject ? FindIn(ref reader) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or half a surrogate pair in an escape: not this reader's to tell.
            return null;
        }
    }

    private static string? FindIn(ref Utf8JsonReader reader)
    {
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var isModel = reader.ValueTextEquals("model"u8) || reader.ValueTextEquals("modelVersion"u8);
            var isMessage = reader.CurrentDepth == 1 && (reader.ValueTextEquals("message"u8) || reader.ValueTextEquals("response"u8));
            if (!reader.Read())
            {
                return null;
            }

            if (isModel && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length is > 0 and <= MostBytes)
            {
                return reader.GetString();
            }

            if (!isMessage && !reader.TrySkip())
            {
                return null;
            }
        }

        return null;
    }
}
