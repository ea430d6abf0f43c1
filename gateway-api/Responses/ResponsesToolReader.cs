using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>The tools of Responses. Those that the provider would run itself are refused: others have none of them.</summary>
internal sealed class ResponsesToolReader(FieldReader fields) : ToolReader(fields)
{
    private const int MostNamed = 32;

    /// <inheritdoc/>
    protected override Tool ReadTool(JsonElement tool, string path)
    {
        if (Fields.RequiredText(tool, "type", path + ".") is var type and not "function")
        {
            Fields.Refuse(Refusals.UnsupportedParameter(
                path + ".type", $"Tools of the type '{(type.Length <= MostNamed ? type : type[..MostNamed])}' need a provider that speaks Responses itself; this model's provider does not."));
        }

        return ReadFunction(tool, path, "parameters");
    }

    /// <inheritdoc/>
    protected override ToolChoice ReadChoiceValue(JsonElement choice) =>
        ReadWordOrName(choice, choice.GetText("type") == "function" ? choice.GetText("name") : null);
}
