using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Messages;

/// <summary>The tools of Messages. Those that only Anthropic's own API knows are refused.</summary>
internal sealed class MessagesToolReader(FieldReader fields) : ToolReader(fields)
{
    /// <summary>Whether several calls at once are wanted; <see langword="null"/>: not said.</summary>
    public bool? ReadParallel(JsonElement root) =>
        root.TryGetValue("tool_choice", out var choice) && Fields.Flag(choice, "disable_parallel_tool_use", "tool_choice.") is { } disabled ? !disabled : null;

    /// <inheritdoc/>
    protected override Tool ReadTool(JsonElement tool, string path)
    {
        if (tool.GetText("type") is { } type and not "custom")
        {
            Fields.Refuse(Refusals.UnsupportedParameter(path + ".type", $"Tools of the type '{type}' are for models of Anthropic's own API."));
        }

        if (!tool.TryGetValue("input_schema", out _))
        {
            Fields.Refuse(Refusals.InvalidValue(path + ".input_schema", "A tool needs a schema of its input."));
        }

        tool.TryGetValue("cache_control", out var cacheControl);
        return ReadFunction(tool, path, "input_schema", cacheControl);
    }

    /// <inheritdoc/>
    protected override ToolChoice ReadChoiceValue(JsonElement choice)
    {
        switch (choice.GetText("type"))
        {
            case "auto":
                return new ToolChoice(ToolChoiceKind.Auto);
            case "none":
                return new ToolChoice(ToolChoiceKind.None);
            case "any":
                return new ToolChoice(ToolChoiceKind.Required);
            case "tool":
                return new ToolChoice(ToolChoiceKind.Named, Fields.RequiredText(choice, "name", "tool_choice."));
            default:
                Fields.Refuse(Refusals.InvalidValue("tool_choice", "The field 'tool_choice' must have the type 'auto', 'any', 'none' or 'tool'."));
                return ToolChoice.Default;
        }
    }
}
