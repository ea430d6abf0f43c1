using System.Text.Json;
using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Compares what a client sees with what the manifest says it must see.</summary>
internal static class Expectation
{
    // Counts that contradict each other are made to agree, since the clients' dialects tell them in other sums.
    private static readonly Dictionary<string, string> MendedCounts = new()
    {
        ["azure-openai-003"] = "cached tokens", // more of them than the prompt has
        ["azure-openai-005"] = "cached tokens",
        ["azure-openai-006"] = "cached tokens",
        ["azure-openai-014"] = "cached tokens",
        ["azure-openai-015"] = "cached tokens",
        ["xai-002"] = "completion tokens", // without the reasoning that is billed as such
        ["xai-004"] = "completion tokens",
        ["xai-007"] = "completion tokens",
    };

    /// <summary>Each difference in words, but for known ones; empty: none.</summary>
    public static IReadOnlyList<string> Compare(Recording recording, ClientView view) =>
        [.. CompareStrictly(recording, view).Where(difference => !KnownMisses.Has(recording, difference))];

    /// <summary>Each difference in words; empty: none.</summary>
    public static IReadOnlyList<string> CompareStrictly(Recording recording, ClientView view)
    {
        var differences = new List<string>(view.Faults);
        if (recording.IsAbrupt)
        {
            CompareAbrupt(recording, view, differences);
            return differences;
        }

        var expected = JsonObject.Create(recording.Expected)!;
        if ((string?)expected["alt_text"] != view.Text)
        {
            // What Cohere's model says to its calls may be told as text, or not at all.
            Differ(differences, "text", (string?)expected["text"], view.Text);
        }

        Differ(differences, "refusal", (string?)expected["refusal"] ?? "", view.Refusal);
        CompareToolCalls(expected["tool_calls"]!.AsArray(), view, differences);
        if ((string?)expected["finish_reason"] is { } finish and not "*")
        {
            Differ(differences, "finish_reason", finish, view.FinishReason);
        }

        if (expected["usage"] is JsonObject usage)
        {
            CompareUsage(usage, view.Usage, differences);
        }

        Differ(differences, "reasoning", (int?)expected["reasoning_chars"] ?? 0, view.Reasoning.EnumerateRunes().Count());
        Differ(differences, "error", null, view.Error?.ToJsonString());
        Differ(differences, "[DONE]", recording.IsStream, view.IsDone);
        return differences;
    }

    /// <summary>Like <see cref="Compare"/>, for answers that are read into the form of no dialect and written again.</summary>
    public static IEnumerable<string> CompareTranslated(Recording recording, ClientView view)
    {
        var mended = MendedCounts.GetValueOrDefault(recording.Id);
        return Compare(recording, view).Where(difference => mended is null || !difference.StartsWith(mended, StringComparison.Ordinal));
    }

    /// <summary>The client must see an error of OpenAI's shape.</summary>
    public static IReadOnlyList<string> CompareError(JsonObject? error)
    {
        if (error is null)
        {
            return ["no error"];
        }

        var differences = new List<string>();
        Differ(differences, "members of the error", "code,message,param,type", string.Join(',', error.Select(static member => member.Key).Order()));
        if (string.IsNullOrEmpty((string?)error["message"]) || string.IsNullOrEmpty((string?)error["type"]))
        {
            differences.Add("the error says nothing");
        }

        if (error["code"] is { } code && code.GetValueKind() != JsonValueKind.String)
        {
            differences.Add("the error's code is not a string");
        }

        return differences;
    }

    private static void CompareAbrupt(Recording recording, ClientView view, List<string> differences)
    {
        Differ(differences, "[DONE]", false, view.IsDone);
        differences.AddRange(CompareError(view.Error));
        if (recording.ExpectedInFull is { } full && !full.GetProperty("text").GetString()!.StartsWith(view.Text, StringComparison.Ordinal))
        {
            differences.Add($"the text '{view.Text}' is no beginning of the whole one");
        }
    }

    private static void CompareToolCalls(JsonArray expected, ClientView view, List<string> differences)
    {
        Differ(differences, "tool calls", expected.Count, view.ToolCalls.Count);
        for (var i = 0; i < Math.Min(expected.Count, view.ToolCalls.Count); i++)
        {
            var call = view.ToolCalls[i];
            Differ(differences, $"name of tool call {i}", (string?)expected[i]!["name"], call.Name);

            // Where the provider gives no ids, the gateway makes them: any will do.
            Differ(differences, $"id of tool call {i}", (string?)expected[i]!["id"] ?? (string.IsNullOrEmpty(call.Id) ? "any" : call.Id), call.Id);
            if (!JsonNode.DeepEquals(expected[i]!["arguments"], call.Arguments))
            {
                differences.Add($"arguments of tool call {i}: expected {expected[i]!["arguments"]?.ToJsonString()}, but it was {call.Arguments?.ToJsonString()}");
            }
        }
    }

    private static void CompareUsage(JsonObject expected, JsonObject? actual, List<string> differences)
    {
        if (actual is null)
        {
            differences.Add("no usage");
            return;
        }

        Differ(differences, "prompt tokens", (long?)expected["prompt_tokens"], (long?)actual["prompt_tokens"]);
        Differ(differences, "completion tokens", (long?)expected["completion_tokens"], (long?)actual["completion_tokens"]);
        Differ(differences, "cached tokens", (long?)expected["cached_tokens"] ?? 0, (long?)(actual["prompt_tokens_details"] as JsonObject)?["cached_tokens"] ?? 0);
        if (expected["reasoning_tokens"] is { } reasoning)
        {
            Differ(differences, "reasoning tokens", (long)reasoning, (long?)(actual["completion_tokens_details"] as JsonObject)?["reasoning_tokens"] ?? 0);
        }

        if (expected["cache_write_tokens"] is { } written)
        {
            Differ(differences, "tokens written to the cache", (long)written, (long?)(actual["prompt_tokens_details"] as JsonObject)?["cache_write_tokens"] ?? 0);
        }
    }

    private static void Differ<T>(List<string> differences, string what, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            differences.Add($"{what}: expected {expected?.ToString() ?? "none"}, but it was {actual?.ToString() ?? "none"}");
        }
    }
}
