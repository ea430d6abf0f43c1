using System.Text.Json;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>Finds the texts of a part of a request or an answer, in whichever dialect: all that is no word of the protocol.</summary>
internal sealed class TextWalk(ITextCollector collector)
{
    /// <summary>Visits a member.</summary>
    /// <param name="parent">The object.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="scope">What holds for the member.</param>
    public void Visit(JsonElement parent, string name, JsonElement value, in TextScope scope)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                VisitText(parent, name, value, scope);
                return;
            case JsonValueKind.Array:
                var index = 0;
                foreach (var item in value.EnumerateArray())
                {
                    Visit(parent, name, item, scope.At(IndexOf(item) ?? index));
                    index++;
                }

                return;
            case JsonValueKind.Object:
                VisitMembers(value, scope);
                return;
        }
    }

    /// <summary>Visits all members of an object.</summary>
    public void VisitMembers(JsonElement value, in TextScope outer)
    {
        var scope = outer.IsFree ? outer : Within(value, outer);
        foreach (var member in value.EnumerateObject())
        {
            VisitMember(value, member.Name, member.Value, scope);
        }
    }

    /// <summary>Visits a member of an object.</summary>
    /// <param name="parent">The object.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="scope">What holds for the object.</param>
    public void VisitMember(JsonElement parent, string name, JsonElement value, in TextScope scope)
    {
        if (TextNames.IsOpaque(name) && !scope.IsFree)
        {
            if (scope.IsAnswer && name == "logprobs" && HasContent(value))
            {
                collector.AddTokens(value);
            }

            return;
        }

        var inner = scope.At(name);
        if (IsArguments(parent, name, scope))
        {
            collector.Add(
                value,
                value.ValueKind == JsonValueKind.String ? TextForm.JsonInString : TextForm.Json,
                new TextOrigin(scope.IsAnswer, HookTextKind.ToolArguments, HookRole.Assistant, inner.Path));
            return;
        }

        if (scope.Kind == HookTextKind.Definition && !scope.IsFree && value.ValueKind == JsonValueKind.Object && TextNames.HoldsSchemas(name))
        {
            // The names within are the client's own, and may look like words of the protocol.
            foreach (var schema in value.EnumerateObject())
            {
                Visit(value, schema.Name, schema.Value, inner.At(schema.Name));
            }

            return;
        }

        Visit(parent, name, value, name is "metadata" or "variables" ? inner with { Kind = HookTextKind.Other, IsFree = true } : Named(name, inner));
    }

    // In streams an item says itself which one it is.
    private static int? IndexOf(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty("index", out var index)
            && index.ValueKind == JsonValueKind.Number && index.TryGetInt32(out var number) ? number : null;

    private static bool HasContent(JsonElement value) =>
        value.ValueKind == JsonValueKind.Object || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0);

    private static bool IsArguments(JsonElement parent, string name, in TextScope scope)
    {
        if (scope.IsFree || scope.Kind == HookTextKind.Definition)
        {
            return false;
        }

        return name == "arguments" || (name == "input" && parent.GetText("type") is { } type && type.EndsWith("tool_use", StringComparison.Ordinal));
    }

    private static TextScope Within(JsonElement value, TextScope scope)
    {
        if (value.GetText("role") is { } role)
        {
            scope = scope with { Role = RoleOf(role) };
        }

        switch (value.GetText("type"))
        {
            case "thinking" or "reasoning" or "summary_text" or "reasoning_text" or "reasoning.text" or "reasoning.summary" when scope.Kind == HookTextKind.Text:
                return scope with { Kind = HookTextKind.Reasoning };
            case "refusal" when scope.Kind == HookTextKind.Text:
                return scope with { Kind = HookTextKind.Refusal };
            case { } type when type.EndsWith("tool_result", StringComparison.Ordinal) || type.EndsWith("_call_output", StringComparison.Ordinal):
                return scope with { Role = HookRole.Tool };
            default:
                return scope;
        }
    }

    private static TextScope Named(string name, TextScope scope) => scope.Kind != HookTextKind.Text ? scope
        : TextNames.IsThought(name) ? scope with { Kind = HookTextKind.Reasoning }
        : name == "refusal" ? scope with { Kind = HookTextKind.Refusal }
        : scope;

    private static HookRole RoleOf(string role) => role switch
    {
        "system" or "developer" => HookRole.System,
        "user" => HookRole.User,
        "assistant" => HookRole.Assistant,
        "tool" or "function" => HookRole.Tool,
        _ => HookRole.None,
    };

    private void VisitText(JsonElement parent, string name, JsonElement value, in TextScope scope)
    {
        if (!scope.IsFree && !IsShown(parent, name, value, scope))
        {
            return;
        }

        var isBeside = scope.Kind is HookTextKind.Text or HookTextKind.Reasoning or HookTextKind.Refusal && !TextNames.IsSpoken(name);
        collector.Add(value, TextForm.Plain, new TextOrigin(scope.IsAnswer, isBeside ? HookTextKind.Other : scope.Kind, scope.Role, scope.Path));
    }

    private static bool IsShown(JsonElement parent, string name, JsonElement value, in TextScope scope) => name switch
    {
        // Of a participant; elsewhere it is a function's.
        "name" => parent.TryGetValue("role", out _),
        "required" => scope.Kind != HookTextKind.Definition,
        "data" => !IsBinary(parent),
        "result" => parent.GetText("type") != "image_generation_call",
        _ when TextNames.IsUrl(name) => !IsDataUrl(value),
        _ => !TextNames.IsWord(name),
    };

    private static bool IsBinary(JsonElement parent) =>
        parent.TryGetValue("format", out _)
        || (parent.GetText("type") is { } type && (type is "base64" or "redacted_thinking" || type.EndsWith("encrypted", StringComparison.Ordinal)));

    private static bool IsDataUrl(JsonElement value) => value.GetString()!.StartsWith("data:", StringComparison.OrdinalIgnoreCase);
}
