using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>.</summary>
internal sealed class MessagesToolReader(FieldReader fields)
{
    public IReadOnlyList<Tool> ReadTools(JsonElement root)
    {
        var tools = new List<Tool>();
        foreach (var tool in fields.List(root, "tools"))
        {
            tools.Add(ReadTool(tool, $"tools[{tools.Count}]"));
        }

        return tools;
    }

    public ToolChoice ReadChoice(JsonElement root)
    {
        if (!root.TryGetValue("tool_choice", out var choice))
        {
            return ToolChoice.Default;
        }

        switch (choice.GetText("type"))
        {
            case "auto":
                return new ToolChoice(ToolChoiceKind.Auto);
            case "none":
                return new ToolChoice(ToolChoiceKind.None);
            case "any":
                return new ToolChoice(ToolChoiceKind.Required);
            case "tool":
                return new ToolChoice(ToolChoiceKind.Named, fields.RequiredText(choice, "name", "tool_choice."));
            default:
                fields.Refuse(Refusals.InvalidValue("tool_choice", "The field 'tool_choice' must have the type 'auto', 'any', 'none' or 'tool'."));
                return ToolChoice.Default;
        }
    }

    public bool? ReadParallel(JsonElement root) =>
        root.TryGetValue("tool_choice", out var choice) && fields.Flag(choice, "disable_parallel_tool_use", "tool_choice.") is { } disabled ? !disabled : null;

    private Tool ReadTool(JsonElement tool, string path)
    {
        var inner = path + ".";
        if (tool.GetText("type") is { } type and not "custom")
        {
            fields.Refuse(Refusals.UnsupportedParameter(inner + "type", $"Tools of the type '{type}' are for models of Anthropic's own API."));
        }

        tool.TryGetValue("input_schema", out var schema);
        if (schema.ValueKind != JsonValueKind.Object)
        {
            fields.Refuse(Refusals.InvalidValue(inner + "input_schema", "A tool's input schema must be an object."));
        }

        tool.TryGetValue("cache_control", out var cacheControl);
        return new Tool(fields.RequiredText(tool, "name", inner), path)
        {
            Description = fields.OptionalText(tool, "description", inner),
            Parameters = schema,
            IsStrict = fields.Flag(tool, "strict", inner) == true,
            CacheControl = cacheControl,
        };
    }
}
