using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>Translates <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>.</summary>
internal static class AnthropicTools
{
    /// <summary>Writes the fields, or returns why they cannot be sent.</summary>
    public static Refusal? Write(JsonElement root, ClaudeVersion version, Utf8JsonWriter json, TranslationNotes notes)
    {
        if (!root.TryGetValue("tools", out var tools))
        {
            return null;
        }

        if (tools.ValueKind != JsonValueKind.Array)
        {
            return Refusals.InvalidValue("tools", "The field 'tools' must be a list.");
        }

        if (tools.GetArrayLength() == 0)
        {
            return null;
        }

        json.WriteStartArray("tools"u8);
        var index = 0;
        foreach (var tool in tools.EnumerateArray())
        {
            if (WriteTool(tool, index++, version, json, notes) is { } refusal)
            {
                return refusal;
            }
        }

        json.WriteEndArray();
        return WriteChoice(root, json);
    }

    private static Refusal? WriteTool(JsonElement tool, int index, ClaudeVersion version, Utf8JsonWriter json, TranslationNotes notes)
    {
        var path = $"tools[{index}]";
        if (tool.GetText("type") is { } type and not "function")
        {
            return Refusals.UnsupportedParameter($"{path}.type", $"Tools of the type '{type}' cannot be sent to this model's provider (Anthropic).");
        }

        if (!tool.TryGetValue("function", out var function) || function.GetText("name") is not { } name)
        {
            return Refusals.MissingField($"{path}.function.name");
        }

        json.WriteStartObject();
        json.WriteString("name"u8, name);
        if (function.GetText("description") is { Length: > 0 } description)
        {
            json.WriteString("description"u8, description);
        }

        if (WriteSchema(function, path, json) is { } refusal)
        {
            return refusal;
        }

        if (function.TryGetValue("strict", out var strict) && strict.ValueKind == JsonValueKind.True)
        {
            if (version.HasStructuredOutputs)
            {
                json.WriteBoolean("strict"u8, true);
            }
            else
            {
                notes.Dropped("tools.function.strict");
            }
        }

        if (tool.TryGetValue("cache_control", out var cacheControl))
        {
            json.WritePropertyName("cache_control"u8);
            cacheControl.WriteTo(json);
        }

        json.WriteEndObject();
        return null;
    }

    private static Refusal? WriteSchema(JsonElement function, string path, Utf8JsonWriter json)
    {
        json.WriteStartObject("input_schema"u8);
        var hasParameters = function.TryGetValue("parameters", out var parameters);
        if (hasParameters && parameters.ValueKind != JsonValueKind.Object)
        {
            return Refusals.InvalidValue($"{path}.function.parameters", "A tool's parameters must be a JSON schema: an object.");
        }

        // Anthropic insists on the type, OpenAI does not.
        if (!parameters.TryGetValue("type", out _))
        {
            json.WriteString("type"u8, "object"u8);
        }

        if (hasParameters)
        {
            foreach (var member in parameters.EnumerateObject().Where(static member => member.Value.ValueKind != JsonValueKind.Null))
            {
                member.WriteTo(json);
            }
        }
        else
        {
            json.WriteStartObject("properties"u8);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        return null;
    }

    private static Refusal? WriteChoice(JsonElement root, Utf8JsonWriter json)
    {
        var oneAtATime = root.TryGetValue("parallel_tool_calls", out var parallel) && parallel.ValueKind == JsonValueKind.False;
        var hasChoice = root.TryGetValue("tool_choice", out var choice);
        if (!hasChoice && !oneAtATime)
        {
            return null;
        }

        var named = hasChoice && choice.TryGetValue("function", out var function) ? function.GetText("name") : null;
        var type = !hasChoice ? "auto" : choice.ValueKind switch
        {
            JsonValueKind.String when choice.ValueEquals("auto"u8) => "auto",
            JsonValueKind.String when choice.ValueEquals("none"u8) => "none",
            JsonValueKind.String when choice.ValueEquals("required"u8) => "any",
            JsonValueKind.Object when named is not null => "tool",
            _ => null,
        };
        if (type is null)
        {
            return Refusals.UnsupportedParameter("tool_choice", "The field 'tool_choice' must be 'auto', 'none', 'required' or name a function.");
        }

        json.WriteStartObject("tool_choice"u8);
        json.WriteString("type"u8, type);
        if (named is not null)
        {
            json.WriteString("name"u8, named);
        }

        if (oneAtATime && type != "none")
        {
            json.WriteBoolean("disable_parallel_tool_use"u8, true);
        }

        json.WriteEndObject();
        return null;
    }
}
