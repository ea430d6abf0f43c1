using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Tokens;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Condensation;

/// <summary>
/// A provider that takes only what the real one takes of a conversation: roles in order, calls of tools with their results,
/// thoughts with what they led to, and no more tokens than its context holds, the answer's among them. It counts what it is sent and bills it.
/// </summary>
internal static class StrictProvider
{
    /// <summary>What it does with a request.</summary>
    /// <param name="request">As it arrived.</param>
    /// <param name="context">Tokens of prompt and answer together.</param>
    public static Behaviour Answer(RecordedRequest request, int context)
    {
        var body = request.Json();
        var path = request.Target.Split('?')[0];
        var (fault, tokens) = path.EndsWith("/messages", StringComparison.Ordinal) ? (StrictMessages.Fault(body), StrictMessages.Tokens(body))
            : path.EndsWith("/responses", StringComparison.Ordinal) ? (StrictResponses.Fault(body), StrictResponses.Tokens(body))
            : (StrictChat.Fault(body), StrictChat.Tokens(body));
        tokens += TokensOf(body, "tools");
        var answer = Answer(body);
        fault ??= tokens + answer > context ? $"prompt is too long: {tokens} tokens and {answer} for the answer > {context} maximum" : null;
        return fault is null ? new Behaviour { PromptTokens = tokens } : Refused(fault);
    }

    /// <summary>The tokens of a member as it stands in a body; 0: it has none.</summary>
    internal static int TokensOf(JsonElement body, string member) => body.TryGetProperty(member, out var value) ? Count(value.GetRawText()) : 0;

    /// <summary>The tokens of content, whatever its form.</summary>
    internal static int TokensOfContent(JsonElement message) => message.TryGetProperty("content", out var content) ? content.ValueKind switch
    {
        JsonValueKind.String => Count(content.GetString()!),
        JsonValueKind.Array => content.EnumerateArray().Sum(TokensOfPart),
        _ => 0,
    } : 0;

    internal static int Count(string text) => TokenCounters.O200k.Count(text);

    internal static string? Text(JsonElement element, string member) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>A member that no provider knows.</summary>
    internal static string? Unknown(JsonElement message, params ReadOnlySpan<string> known)
    {
        foreach (var member in message.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                return $"Extra inputs are not permitted: {member.Name}";
            }
        }

        return null;
    }

    private static int TokensOfPart(JsonElement part) => Text(part, "type") switch
    {
        "tool_use" => Count(Text(part, "name")!) + Count(part.GetProperty("input").GetRawText()),
        "tool_result" => TokensOfContent(part),
        "thinking" => Count(Text(part, "thinking")!),
        _ => Count(Text(part, "text") ?? ""),
    };

    private static int Answer(JsonElement body)
    {
        foreach (var name in new[] { "max_tokens", "max_completion_tokens", "max_output_tokens" })
        {
            if (body.TryGetProperty(name, out var most))
            {
                return most.GetInt32();
            }
        }

        return 0;
    }

    private static Behaviour Refused(string fault) => new()
    {
        Status = 400,
        Body = new JsonObject
        {
            ["type"] = "error",
            ["error"] = new JsonObject { ["type"] = "invalid_request_error", ["message"] = "STRICT " + fault, ["code"] = "strict" },
        }.ToJsonString(),
    };
}
