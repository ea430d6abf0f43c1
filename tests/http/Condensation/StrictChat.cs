using System.Text.Json;

namespace ProxyCluster.Tests.Http.Condensation;

/// <summary>What OpenAI's Chat Completions takes of a conversation.</summary>
internal static class StrictChat
{
    private const int PerMessage = 4;
    private const int PerAnswer = 3;

    /// <summary>Why a body is refused; <see langword="null"/>: it is taken.</summary>
    public static string? Fault(JsonElement body)
    {
        List<string> open = [];
        foreach (var message in body.GetProperty("messages").EnumerateArray())
        {
            if (StrictProvider.Unknown(message, "role", "content", "name", "tool_calls", "tool_call_id", "refusal") is { } unknown)
            {
                return unknown;
            }

            if (StrictProvider.Text(message, "role") == "tool")
            {
                if (!open.Remove(StrictProvider.Text(message, "tool_call_id") ?? ""))
                {
                    return "messages with role 'tool' must be a response to a preceding message with 'tool_calls'";
                }

                continue;
            }

            if (open.Count > 0)
            {
                return "an assistant message with 'tool_calls' must be followed by tool messages: " + string.Join(", ", open);
            }

            if (FaultOf(message) is { } fault)
            {
                return fault;
            }

            open = Calls(message).Select(static call => StrictProvider.Text(call, "id")!).ToList();
        }

        return open.Count > 0 ? "an assistant message with 'tool_calls' has no tool messages" : null;
    }

    /// <summary>What its model reads of it.</summary>
    public static int Tokens(JsonElement body) => PerAnswer + body.GetProperty("messages").EnumerateArray().Sum(static message =>
        PerMessage + StrictProvider.TokensOfContent(message) + Calls(message).Sum(static call =>
            StrictProvider.Count(StrictProvider.Text(call.GetProperty("function"), "name")!) + StrictProvider.Count(StrictProvider.Text(call.GetProperty("function"), "arguments")!)));

    private static string? FaultOf(JsonElement message)
    {
        if (StrictProvider.Text(message, "role") is not ("system" or "developer" or "user" or "assistant"))
        {
            return "no such role";
        }

        var hasContent = message.TryGetProperty("content", out var content) && content.ValueKind is JsonValueKind.String or JsonValueKind.Array;
        return hasContent || Calls(message).Count > 0 ? null : "content is missing";
    }

    private static List<JsonElement> Calls(JsonElement message) =>
        message.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array ? [.. calls.EnumerateArray()] : [];
}
