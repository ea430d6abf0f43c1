using System.Text.Json;

namespace ProxyCluster.Tests.Http.Condensation;

/// <summary>What OpenAI's Responses takes of a list of items.</summary>
internal static class StrictResponses
{
    private const int PerItem = 4;

    /// <summary>Why a body is refused; <see langword="null"/>: it is taken.</summary>
    public static string? Fault(JsonElement body)
    {
        HashSet<string> open = [];
        var thought = "";
        foreach (var item in body.GetProperty("input") is { ValueKind: JsonValueKind.Array } input ? input.EnumerateArray() : default)
        {
            var type = StrictProvider.Text(item, "type") ?? "message";
            if (StrictProvider.Unknown(item, "type", "role", "content", "id", "status", "call_id", "name", "arguments", "output", "summary", "encrypted_content") is { } unknown)
            {
                return unknown;
            }

            if (thought.Length > 0 && !(type is "reasoning" or "function_call" || StrictProvider.Text(item, "role") == "assistant"))
            {
                return $"Item '{thought}' of type 'reasoning' was provided without its required following item.";
            }

            thought = type == "reasoning" ? StrictProvider.Text(item, "id")! : "";
            if (type == "function_call")
            {
                open.Add(StrictProvider.Text(item, "call_id")!);
            }

            if (type == "function_call_output" && !open.Remove(StrictProvider.Text(item, "call_id")!))
            {
                return "No tool call found for function call output with call_id " + StrictProvider.Text(item, "call_id");
            }
        }

        return open.Count > 0 ? "No tool output found for function call " + string.Join(", ", open)
            : thought.Length > 0 ? $"Item '{thought}' of type 'reasoning' was provided without its required following item."
            : null;
    }

    /// <summary>What its model reads of it.</summary>
    public static int Tokens(JsonElement body)
    {
        var instructions = StrictProvider.TokensOf(body, "instructions");
        return instructions + (body.GetProperty("input") is { ValueKind: JsonValueKind.Array } items
            ? items.EnumerateArray().Sum(static item => PerItem + StrictProvider.TokensOfContent(item)
                + StrictProvider.Count((StrictProvider.Text(item, "name") ?? "") + (StrictProvider.Text(item, "arguments") ?? "") + (StrictProvider.Text(item, "output") ?? "")))
            : StrictProvider.TokensOf(body, "input"));
    }
}
