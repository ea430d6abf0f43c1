using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Ollama;

/// <summary>Reads Ollama's error bodies: <c>{"error":…}</c>.</summary>
internal static class OllamaErrors
{
    /// <returns><see langword="null"/> when the body tells nothing.</returns>
    public static string? MessageOf(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            return document.RootElement.GetText("error");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
