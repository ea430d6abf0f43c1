using System.Collections.Immutable;
using System.Text.Json;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>
/// Reads items of OpenAI's Responses. A thought, the calls that it led to and their results are items of their own that
/// only stand together: they are one message here, which stays or goes as a whole. What is not known stays.
/// </summary>
internal static class ResponsesItems
{
    /// <summary>Reads the items of a body.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="items">Where they stand.</param>
    /// <param name="tokens">How the model counts.</param>
    /// <param name="messages">Takes the messages.</param>
    /// <returns>Why one is no item; <see langword="null"/>: all are.</returns>
    public static Refusal? Read(ReadOnlyMemory<byte> body, List<Range> items, TokenRules tokens, ImmutableArray<LaidMessage>.Builder messages)
    {
        for (var i = 0; i < items.Count;)
        {
            using var first = ConversationReader.Parse(body, items[i]);
            var item = first.RootElement;
            if (!BeginsGroup(item))
            {
                if (ReadAlone(item, items[i], $"input[{i}]", tokens, messages) is { } fault)
                {
                    return fault;
                }

                i++;
                continue;
            }

            i = ReadGroup(body, items, i, tokens, messages);
        }

        return null;
    }

    private static bool BeginsGroup(JsonElement item) => item.GetText("type") is { } type && (IsThought(type) || IsCall(type) || IsResult(type));

    private static bool IsThought(string type) => type == "reasoning";

    private static bool IsCall(string type) => type.EndsWith("_call", StringComparison.Ordinal) || type is "mcp_approval_request" or "mcp_list_tools";

    private static bool IsResult(string type) => type.EndsWith("_output", StringComparison.Ordinal) || type == "mcp_approval_response";

    private static Refusal? ReadAlone(
        JsonElement item, Range bytes, string path, TokenRules tokens, ImmutableArray<LaidMessage>.Builder messages)
    {
        var parts = new MessageParts(tokens);
        if (item.GetText("type") is not (null or "message"))
        {
            parts.AddUnknown(item.GetRawText());
            messages.Add(new LaidMessage(bytes, parts.ToMessage(MessageRole.System), parts.GuessedTokens, false, false));
            return null;
        }

        var role = ChatItems.RoleOf(item.GetText("role"));
        if (role is null or MessageRole.Tool)
        {
            return Refusals.InvalidValue(path + ".role", "A message's role must be 'user', 'assistant', 'system' or 'developer'.");
        }

        ReadMessage(item, parts);
        var timestamp = MessageParts.TimestampOf(item, out _);
        messages.Add(new LaidMessage(
            bytes, parts.ToMessage(role.Value, null, timestamp), parts.GuessedTokens, item.TryGetProperty("timestamp", out _), false));
        return null;
    }

    private static void ReadMessage(JsonElement item, MessageParts parts)
    {
        if (item.TryGetValue("content", out var content))
        {
            _ = ChatItems.ReadContent(content, "", parts);
        }

        foreach (var member in item.EnumerateObject())
        {
            parts.IsIndivisible |= !EmptyValues.IsEmpty(member.Value)
                && member.Name is not ("type" or "role" or "content" or "id" or "status" or "timestamp" or "cache_control" or "annotations");
        }
    }

    // Until every call has its result and every thought all that it led to; what a user says ends it in any case.
    private static int ReadGroup(
        ReadOnlyMemory<byte> body, List<Range> items, int first, TokenRules tokens, ImmutableArray<LaidMessage>.Builder messages)
    {
        var parts = new MessageParts(tokens) { IsIndivisible = true };
        var open = new HashSet<string>(StringComparer.Ordinal);
        var hasStray = false;
        var hasNoThought = true;
        var isLastThought = false;
        var next = first;
        for (; next < items.Count; next++)
        {
            using var document = ConversationReader.Parse(body, items[next]);
            var item = document.RootElement;
            var isThought = item.GetText("type") is "reasoning";
            var isWhole = next > first && open.Count == 0 && (hasNoThought || (isThought && !isLastThought));
            if (!Belongs(item) || isWhole)
            {
                break;
            }

            hasNoThought &= !isThought;
            isLastThought = isThought;
            hasStray |= !Follow(item, open);
            parts.HasResults |= IsResult(item.GetText("type") ?? "");
            ReadMember(item, parts);
            if (next > first)
            {
                parts.AddTokens(MessageCost.OfMessage);
            }
        }

        parts.ForgetCalls();
        var bytes = items[first].Start..items[next - 1].End;

        // A result whose call stands elsewhere, and a call whose result does, cannot go alone: they stay, as instructions do.
        var role = hasStray || open.Count > 0 ? MessageRole.System : MessageRole.Assistant;
        messages.Add(new LaidMessage(bytes, parts.ToMessage(role), parts.GuessedTokens, false, false));
        return next;
    }

    private static bool Belongs(JsonElement item) =>
        item.GetText("type") is null or "message" ? item.GetText("role") == "assistant" : BeginsGroup(item);

    // Whether it is no result, or one of a call before it.
    private static bool Follow(JsonElement item, HashSet<string> open)
    {
        var type = item.GetText("type") ?? "";
        if (IsResult(type))
        {
            return open.Remove(item.GetText("call_id") ?? item.GetText("approval_request_id") ?? item.GetText("id") ?? "");
        }

        if (type == "mcp_approval_request")
        {
            open.Add(item.GetText("id") ?? "");
        }
        else if (IsCall(type) && item.GetText("call_id") is { } id)
        {
            open.Add(id);
        }

        return true;
    }

    private static void ReadMember(JsonElement item, MessageParts parts)
    {
        switch (item.GetText("type"))
        {
            case null or "message":
                ReadMessage(item, parts);
                return;
            case "reasoning":
                // What is encrypted is no text of the model's.
                parts.HasThoughts = true;
                parts.AddOther(item.TryGetValue("summary", out var summary) ? summary.GetRawText() : null);
                parts.AddOther(item.TryGetValue("content", out var content) ? content.GetRawText() : null);
                return;
            case "function_call" or "custom_tool_call":
                parts.AddCall(item.GetText("call_id"), item.GetText("name"), item.GetText("arguments") ?? item.GetText("input"));
                return;
            case "function_call_output" or "custom_tool_call_output" when item.TryGetValue("output", out var output):
                parts.AddAnswer(item.GetText("call_id"));
                _ = ChatItems.ReadContent(output, "", parts);
                return;
            case "image_generation_call":
                item.TryGetValue("result", out var picture);
                parts.AddImageData(picture);
                return;
            case "computer_call_output":
                item.TryGetValue("output", out var screen);
                parts.AddImage(screen);
                return;
            default:
                parts.AddUnknown(item.GetRawText());
                return;
        }
    }
}
