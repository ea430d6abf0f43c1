using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>Bodies of chats in every dialect, made from a seed, and what makes one legal.</summary>
internal static class ChatBodies
{
    private static readonly string[] Sentences =
    [
        "The vault of the branch opens at nine.", "We decided to pay 1,250 dollars on 14 May 2031.", "Wie ändert man die Gebühr?", "我们昨天讨论了预算问题。",
        "Use ```c\nint x = 1;\n``` there.", "It said \"no\" \\ and left.\n\nTwice.", "🙂👩‍👩‍👧 fine.", "What is the next step?",
    ];

    /// <summary>A legal body: <c>{… "messages" or "input": […] …}</c>.</summary>
    public static string Of(InferenceOperation operation, int seed, int turns = 12)
    {
        var random = new Random(seed);
        var list = new JsonArray();
        for (var turn = 0; turn < turns; turn++)
        {
            list.Add(User(operation, random));
            if (random.Next(3) == 0)
            {
                AddTools(operation, list, random, turn);
            }

            if (operation == InferenceOperation.ChatCompletions && random.Next(9) == 0)
            {
                list.Add(Message("developer", "Be brief from now on."));
            }

            AddThought(operation, list, random, turn);
            list.Add(Message("assistant", Text(random)));
        }

        list.Add(User(operation, random));
        if (random.Next(3) == 0)
        {
            AddTools(operation, list, random, turns);
        }

        var name = operation == InferenceOperation.Responses ? "input" : "messages";
        return $$"""{ "model":"gpt-4o", "x_one" : [1.0] , "{{name}}" : {{list.ToJsonString()}} , "temperature":0.50, "x_two":"\u00e9" }""";
    }

    /// <summary>The conversation of a body.</summary>
    public static ConversationLayout Read(string body, InferenceOperation operation)
    {
        var reading = ConversationReader.Read(Encoding.UTF8.GetBytes(body), operation, new TokenRules(TokenCounters.O200k, ImageTokens.Unknown));
        Assert.Null(reading.Refusal);
        return reading.Layout!;
    }

    /// <summary>Why no provider would take a conversation; <see langword="null"/>: one would.</summary>
    public static string? Fault(JsonElement list, InferenceOperation operation) => operation switch
    {
        InferenceOperation.Messages => FaultOfTurns(list),
        InferenceOperation.Responses => FaultOfItems(list),
        _ => FaultOfMessages(list),
    };

    private static string? FaultOfMessages(JsonElement list)
    {
        List<string?> open = [];
        foreach (var message in list.EnumerateArray())
        {
            var role = message.GetProperty("role").GetString();
            if (role == "tool")
            {
                if (!open.Remove(message.GetProperty("tool_call_id").GetString()))
                {
                    return "A result without its call: " + message;
                }

                continue;
            }

            if (open.Count > 0)
            {
                return "A call without its result before " + message;
            }

            open = message.TryGetProperty("tool_calls", out var calls) ? [.. calls.EnumerateArray().Select(static call => call.GetProperty("id").GetString())] : [];
        }

        return open.Count > 0 ? "A call without its result at the end." : null;
    }

    private static string? FaultOfTurns(JsonElement list)
    {
        HashSet<string?> open = [];
        var turns = list.EnumerateArray().ToList();
        for (var i = 0; i < turns.Count; i++)
        {
            if (turns[i].GetProperty("role").GetString() != (i % 2 == 0 ? "user" : "assistant"))
            {
                return $"Turn {i} is not its side's.";
            }

            var blocks = turns[i].GetProperty("content") is { ValueKind: JsonValueKind.Array } content ? content.EnumerateArray().ToList() : [];
            if (!open.SetEquals(blocks.Where(static block => Type(block) == "tool_result").Select(static block => block.GetProperty("tool_use_id").GetString())))
            {
                return $"Turn {i} does not have the results of the calls before it.";
            }

            if (blocks.FindLastIndex(static block => Type(block) == "tool_result") > blocks.FindIndex(static block => Type(block) != "tool_result") && blocks.Exists(static block => Type(block) is "tool_result") && blocks.Exists(static block => Type(block) != "tool_result"))
            {
                return $"Turn {i} has something before a result.";
            }

            if (blocks.FindIndex(static block => Type(block) == "thinking") > 0)
            {
                return $"Turn {i} has something before its thoughts.";
            }

            open = [.. blocks.Where(static block => Type(block) == "tool_use").Select(static block => block.GetProperty("id").GetString())];
        }

        return open.Count > 0 ? "A call without its result at the end." : null;
    }

    private static string? FaultOfItems(JsonElement list)
    {
        HashSet<string?> open = [];
        var thinks = false;
        foreach (var item in list.EnumerateArray())
        {
            var type = Type(item);
            if (thinks && !(type is "function_call" || item.TryGetProperty("role", out var role) && role.GetString() == "assistant"))
            {
                return "A thought without what it led to before " + item;
            }

            thinks = type == "reasoning";
            if (type == "function_call")
            {
                open.Add(item.GetProperty("call_id").GetString());
            }
            else if (type == "function_call_output" && !open.Remove(item.GetProperty("call_id").GetString()))
            {
                return "A result without its call: " + item;
            }
        }

        return open.Count > 0 || thinks ? "Something is left open at the end." : null;
    }

    private static string? Type(JsonElement element) => element.TryGetProperty("type", out var type) ? type.GetString() : null;

    private static JsonObject User(InferenceOperation operation, Random random)
    {
        var text = Text(random);
        return random.Next(4) switch
        {
            0 => Message("user", new JsonArray(new JsonObject { ["type"] = operation == InferenceOperation.Responses ? "input_text" : "text", ["text"] = text })),
            1 when operation == InferenceOperation.Messages => Message("user", new JsonArray(new JsonObject
            {
                ["type"] = "text",
                ["text"] = text,
                ["cache_control"] = new JsonObject { ["type"] = "ephemeral" },
            })),
            1 when operation == InferenceOperation.ChatCompletions => Named(Message("user", text)),
            _ => Message("user", text),
        };
    }

    private static JsonObject Named(JsonObject message)
    {
        message["name"] = "Ada";
        return message;
    }

    private static void AddThought(InferenceOperation operation, JsonArray list, Random random, int turn)
    {
        if (operation == InferenceOperation.Responses && random.Next(4) == 0)
        {
            list.Add(new JsonObject { ["type"] = "reasoning", ["id"] = $"rs_{turn}", ["summary"] = new JsonArray(), ["encrypted_content"] = new string('x', 400) });
        }
    }

    // One or two calls side by side, in one turn or in two.
    private static void AddTools(InferenceOperation operation, JsonArray list, Random random, int turn)
    {
        for (var round = 0; round <= random.Next(2); round++)
        {
            string[] ids = [.. Enumerable.Range(0, 1 + random.Next(2)).Select(call => string.Create(CultureInfo.InvariantCulture, $"call_{turn}_{round}_{call}"))];
            AddCalls(operation, list, random, ids);
        }
    }

    private static void AddCalls(InferenceOperation operation, JsonArray list, Random random, string[] ids)
    {
        switch (operation)
        {
            case InferenceOperation.Messages:
                var blocks = ids.Select(static id => (JsonNode)new JsonObject { ["type"] = "tool_use", ["id"] = id, ["name"] = "look", ["input"] = new JsonObject { ["a"] = 1 } }).ToList();
                if (random.Next(2) == 0)
                {
                    blocks.Insert(0, new JsonObject { ["type"] = "thinking", ["thinking"] = "Let me look.", ["signature"] = "c2ln" });
                }

                list.Add(Message("assistant", new JsonArray([.. blocks])));
                list.Add(Message("user", new JsonArray([.. ids.Select(id => (JsonNode)new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = id, ["content"] = Text(random) })])));
                return;
            case InferenceOperation.Responses:
                if (random.Next(2) == 0)
                {
                    list.Add(new JsonObject { ["type"] = "reasoning", ["id"] = "rs_" + ids[0], ["summary"] = new JsonArray() });
                }

                foreach (var id in ids)
                {
                    list.Add(new JsonObject { ["type"] = "function_call", ["call_id"] = id, ["name"] = "look", ["arguments"] = "{\"a\":1}" });
                }

                foreach (var id in ids)
                {
                    list.Add(new JsonObject { ["type"] = "function_call_output", ["call_id"] = id, ["output"] = Text(random) });
                }

                return;
            default:
                list.Add(new JsonObject
                {
                    ["role"] = "assistant",
                    ["content"] = null,
                    ["tool_calls"] = new JsonArray([.. ids.Select(static id => (JsonNode)new JsonObject
                    {
                        ["id"] = id, ["type"] = "function", ["function"] = new JsonObject { ["name"] = "look", ["arguments"] = "{\"a\":1}" },
                    })]),
                });
                foreach (var id in ids)
                {
                    list.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = id, ["content"] = Text(random) });
                }

                return;
        }
    }

    private static JsonObject Message(string role, JsonNode content) => new() { ["role"] = role, ["content"] = content };

    private static string Text(Random random) => string.Join(' ', Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Sentences[random.Next(Sentences.Length)]));
}
