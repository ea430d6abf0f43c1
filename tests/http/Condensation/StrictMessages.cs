using System.Text.Json;

namespace ProxyCluster.Tests.Http.Condensation;

/// <summary>What Anthropic's Messages takes of a conversation.</summary>
internal static class StrictMessages
{
    private const int PerTurn = 4;

    /// <summary>Why a body is refused; <see langword="null"/>: it is taken.</summary>
    public static string? Fault(JsonElement body)
    {
        HashSet<string> open = [];
        var turns = body.GetProperty("messages").EnumerateArray().ToList();
        for (var i = 0; i < turns.Count; i++)
        {
            if (StrictProvider.Text(turns[i], "role") != (i % 2 == 0 ? "user" : "assistant"))
            {
                return $"messages.{i}: roles must alternate, the user first";
            }

            if (StrictProvider.Unknown(turns[i], "role", "content") is { } unknown)
            {
                return $"messages.{i}: {unknown}";
            }

            var blocks = BlocksOf(turns[i]);
            if (FaultOf(turns[i], blocks, open) is { } fault)
            {
                return $"messages.{i}: {fault}";
            }

            open = blocks.Where(static block => TypeOf(block) == "tool_use").Select(static block => StrictProvider.Text(block, "id")!).ToHashSet();
        }

        return open.Count > 0 ? "`tool_use` ids were found without `tool_result` blocks immediately after"
            : turns.Exists(static turn => BlocksOf(turn).Exists(static block => TypeOf(block) == "tool_use")) && !body.TryGetProperty("tools", out _) ? "tools are missing"
            : null;
    }

    /// <summary>What its model reads of it.</summary>
    public static int Tokens(JsonElement body) =>
        StrictProvider.TokensOf(body, "system") + body.GetProperty("messages").EnumerateArray().Sum(static turn => PerTurn + StrictProvider.TokensOfContent(turn));

    private static string? FaultOf(JsonElement turn, List<JsonElement> blocks, HashSet<string> open)
    {
        if (blocks.Count == 0 && string.IsNullOrEmpty(StrictProvider.Text(turn, "content")))
        {
            return "all messages must have non-empty content";
        }

        var results = blocks.Where(static block => TypeOf(block) == "tool_result").Select(static block => StrictProvider.Text(block, "tool_use_id")!).ToList();
        if (!open.SetEquals(results) || results.Count != open.Count)
        {
            return "each `tool_result` block must have a corresponding `tool_use` block in the previous message, and the other way round";
        }

        if (blocks.Take(results.Count).Any(static block => TypeOf(block) != "tool_result"))
        {
            return "`tool_result` blocks must come first";
        }

        if (blocks.Exists(static block => TypeOf(block) == "thinking") && TypeOf(blocks[0]) != "thinking")
        {
            return "thoughts must come first";
        }

        return blocks.Exists(static block => TypeOf(block) == "text" && string.IsNullOrWhiteSpace(StrictProvider.Text(block, "text"))) ? "text content blocks must be non-empty" : null;
    }

    private static List<JsonElement> BlocksOf(JsonElement turn) => turn.GetProperty("content") is { ValueKind: JsonValueKind.Array } blocks ? [.. blocks.EnumerateArray()] : [];

    private static string? TypeOf(JsonElement block) => StrictProvider.Text(block, "type");
}
