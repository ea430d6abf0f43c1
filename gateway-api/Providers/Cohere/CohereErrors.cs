using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>Reads Cohere's error bodies: <c>{"id":…,"message":…}</c>.</summary>
internal static class CohereErrors
{
    /// <returns><see langword="null"/> when the body tells nothing.</returns>
    public static string? MessageOf(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.GetText("message");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
