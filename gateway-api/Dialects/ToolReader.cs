using System.Text.Json;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>Reads <c>tools</c> and <c>tool_choice</c>. What a tool and a choice look like is the dialect's.</summary>
internal abstract class ToolReader(FieldReader fields)
{
    protected FieldReader Fields { get; } = fields;

    /// <summary>The tools, none where the field is missing.</summary>
    public IReadOnlyList<Tool> ReadTools(JsonElement root)
    {
        var tools = new List<Tool>();
        foreach (var tool in Fields.List(root, "tools"))
        {
            tools.Add(ReadTool(tool, $"tools[{tools.Count}]"));
        }

        return tools;
    }

    /// <summary>The choice; <see cref="ToolChoice.Default"/> where the field is missing.</summary>
    public ToolChoice ReadChoice(JsonElement root) =>
        root.TryGetValue("tool_choice", out var choice) ? ReadChoiceValue(choice) : ToolChoice.Default;

    /// <summary>Reads one tool.</summary>
    /// <param name="tool">Of any kind.</param>
    /// <param name="path">Where it stands, for refusals.</param>
    protected abstract Tool ReadTool(JsonElement tool, string path);

    /// <summary>Reads the field's value, which is not null.</summary>
    protected abstract ToolChoice ReadChoiceValue(JsonElement choice);

    /// <summary>Reads what describes a function.</summary>
    /// <param name="function">Of any kind.</param>
    /// <param name="path">Where it stands, for refusals.</param>
    /// <param name="schemaField">What the dialect calls the schema of its arguments.</param>
    /// <param name="cacheControl">The mark that stands beside it; undefined: none.</param>
    protected Tool ReadFunction(JsonElement function, string path, string schemaField, JsonElement cacheControl = default)
    {
        var inner = path + ".";
        function.TryGetValue(schemaField, out var schema);
        if (schema.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Object))
        {
            Fields.Refuse(Refusals.InvalidValue(inner + schemaField, "The schema of a tool's arguments must be an object."));
        }

        return new Tool(Fields.RequiredText(function, "name", inner), path)
        {
            Description = Fields.OptionalText(function, "description", inner),
            Parameters = schema,

            // Not said is not strict in any dialect: a provider may refuse a schema that does not fit strictness.
            IsStrict = Fields.Flag(function, "strict", inner) == true,
            CacheControl = cacheControl,
        };
    }

    /// <summary>OpenAI's choices: three words, or an object that names a function.</summary>
    /// <param name="choice">The field's value.</param>
    /// <param name="named">The name in the object; <see langword="null"/> or empty: it has none.</param>
    protected ToolChoice ReadWordOrName(JsonElement choice, string? named)
    {
        switch (choice.ValueKind == JsonValueKind.String ? choice.GetString() : null)
        {
            case "auto":
                return new ToolChoice(ToolChoiceKind.Auto);
            case "none":
                return new ToolChoice(ToolChoiceKind.None);
            case "required":
                return new ToolChoice(ToolChoiceKind.Required);
        }

        if (!string.IsNullOrEmpty(named))
        {
            return new ToolChoice(ToolChoiceKind.Named, named);
        }

        Fields.Refuse(Refusals.UnsupportedParameter("tool_choice", "The field 'tool_choice' must be 'auto', 'none', 'required' or name a function."));
        return ToolChoice.Default;
    }
}
