using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.ChatCompletions;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>.</summary>
internal sealed class ChatToolReader(FieldReader fields)
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

        if (choice.ValueKind == JsonValueKind.String)
        {
            switch (choice.GetString())
            {
                case "auto":
                    return new ToolChoice(ToolChoiceKind.Auto);
                case "none":
                    return new ToolChoice(ToolChoiceKind.None);
                case "required":
                    return new ToolChoice(ToolChoiceKind.Required);
            }
        }
        else if (choice.TryGetValue("function", out var function) && function.GetText("name") is { Length: > 0 } name)
        {
            return new ToolChoice(ToolChoiceKind.Named, name);
        }

        fields.Refuse(Refusals.UnsupportedParameter("tool_choice", "The field 'tool_choice' must be 'auto', 'none', 'required' or name a function."));
        return ToolChoice.Default;
    }

    private Tool ReadTool(JsonElement tool, string path)
    {
        if (tool.GetText("type") is { } type and not "function")
        {
            fields.Refuse(Refusals.UnsupportedParameter($"{path}.type", $"Tools of the type '{type}' cannot be sent to this model's provider."));
        }

        path += ".";
        tool.TryGetValue("function", out var function);
        var inner = path + "function.";
        function.TryGetValue("parameters", out var parameters);
        if (parameters.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
        {
            fields.Refuse(Refusals.InvalidValue(inner + "parameters", "A tool's parameters must be a JSON schema: an object."));
        }

        tool.TryGetValue("cache_control", out var cacheControl);
        return new Tool(fields.RequiredText(function, "name", inner), path + "function")
        {
            Description = fields.OptionalText(function, "description", inner),
            Parameters = parameters,
            IsStrict = fields.Flag(function, "strict", inner) == true,
            CacheControl = cacheControl,
        };
    }
}
