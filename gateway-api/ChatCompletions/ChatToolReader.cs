using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.ChatCompletions;

/// <summary>The tools of Chat Completions: a function stands in a field of its own.</summary>
internal sealed class ChatToolReader(FieldReader fields) : ToolReader(fields)
{
    /// <inheritdoc/>
    protected override Tool ReadTool(JsonElement tool, string path)
    {
        if (tool.GetText("type") is { } type and not "function")
        {
            Fields.Refuse(Refusals.UnsupportedParameter($"{path}.type", $"Tools of the type '{type}' cannot be sent to this model's provider."));
        }

        tool.TryGetValue("function", out var function);
        tool.TryGetValue("cache_control", out var cacheControl);
        return ReadFunction(function, path + ".function", "parameters", cacheControl);
    }

    /// <inheritdoc/>
    protected override ToolChoice ReadChoiceValue(JsonElement choice) =>
        ReadWordOrName(choice, choice.TryGetValue("function", out var function) ? function.GetText("name") : null);
}
