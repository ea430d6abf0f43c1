using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>. Tools that the provider would run itself are refused: others have none of them.</summary>
internal sealed class ResponsesToolReader(FieldReader fields)
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
        else if (choice.GetText("type") == "function" && choice.GetText("name") is { Length: > 0 } name)
        {
            return new ToolChoice(ToolChoiceKind.Named, name);
        }

        fields.Refuse(Refusals.UnsupportedParameter("tool_choice", "The field 'tool_choice' must be 'auto', 'none', 'required' or name a function."));
        return ToolChoice.Default;
    }

    private Tool ReadTool(JsonElement tool, string path)
    {
        var inner = path + ".";
        if (fields.RequiredText(tool, "type", inner) is var type and not "function")
        {
            fields.Refuse(Refusals.UnsupportedParameter(
                inner + "type", $"Tools of the type '{(type.Length <= 32 ? type : type[..32])}' need a provider that speaks Responses itself; this model's provider does not."));
        }

        tool.TryGetValue("parameters", out var parameters);
        if (parameters.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
        {
            fields.Refuse(Refusals.InvalidValue(inner + "parameters", "A tool's parameters must be a JSON schema: an object."));
        }

        return new Tool(fields.RequiredText(tool, "name", inner), path)
        {
            Description = fields.OptionalText(tool, "description", inner),
            Parameters = parameters,

            // Strict is the default of Responses only where the schema fits; elsewhere a schema that does not is refused.
            IsStrict = fields.Flag(tool, "strict", inner) == true,
        };
    }
}
