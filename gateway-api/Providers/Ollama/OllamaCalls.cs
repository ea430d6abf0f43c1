using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Ollama;

/// <summary>Reads <c>tool_calls</c>: each call comes whole, its arguments as an object.</summary>
internal static class OllamaCalls
{
    /// <param name="list">The list as it stands, JSON without fault.</param>
    /// <param name="now">For the ids of calls that have none.</param>
    /// <exception cref="InvalidOperationException">A name has half a surrogate pair in an escape.</exception>
    public static List<ToolCall> Read(ReadOnlySpan<byte> list, DateTimeOffset now)
    {
        var reader = new Utf8JsonReader(list, new JsonReaderOptions { MaxDepth = 128 });
        using var document = JsonDocument.ParseValue(ref reader);
        var calls = new List<ToolCall>();
        foreach (var call in document.RootElement.EnumerateArray())
        {
            call.TryGetValue("function", out var function);
            if (function.GetText("name") is { Length: > 0 } name)
            {
                calls.Add(new ToolCall(call.GetText("id") is { Length: > 0 } id ? id : $"call_{Guid.CreateVersion7(now):N}", name, ArgumentsOf(function)));
            }
        }

        return calls;
    }

    private static string ArgumentsOf(JsonElement function)
    {
        function.TryGetValue("arguments", out var arguments);
        return arguments.ValueKind switch
        {
            JsonValueKind.Object => Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(arguments)),
            JsonValueKind.String when arguments.GetString() is { Length: > 0 } text => text,
            _ => "{}",
        };
    }
}
