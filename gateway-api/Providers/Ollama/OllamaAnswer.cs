using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Ollama;

/// <summary>Reads a whole answer of <c>/api/chat</c>.</summary>
internal static class OllamaAnswer
{
    /// <param name="body">The provider's whole answer.</param>
    /// <param name="now">For the ids of calls that have none.</param>
    /// <returns><see langword="null"/> when the body is no answer.</returns>
    public static Answer? Read(ReadOnlyMemory<byte> body, DateTimeOffset now)
    {
        if (!OllamaLine.TryRead(body.Span, out var line) || line.IsError || !line.HasMessage || !line.IsDone)
        {
            return null;
        }

        try
        {
            var calls = line.Calls.IsEmpty ? [] : OllamaCalls.Read(line.Calls, now);
            return new Answer
            {
                Model = Decode(line.Model),
                Text = Decode(line.Text),
                Reasoning = Decode(line.Thinking),
                Calls = calls,
                Finish = OllamaFinish.Parse(JsonText.Inner(line.DoneReason), calls.Count > 0),
                Usage = line.Usage,
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Decode(ReadOnlySpan<byte> json) => JsonText.Inner(json).IsEmpty ? null : JsonText.Decode(json);
}
