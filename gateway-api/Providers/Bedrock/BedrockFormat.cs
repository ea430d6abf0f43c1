using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>
/// How a model is made to answer in JSON of a schema: by Converse's own field or, where a model does not know it, by a
/// tool that it has to call, whose arguments are given to the client as text.
/// </summary>
/// <param name="IsNative">By <c>outputConfig.textFormat</c>.</param>
/// <param name="IsTool">By the tool <see cref="ToolName"/>.</param>
/// <param name="ForcesCall">The model has to call some tool: that one, or the client's.</param>
internal readonly record struct BedrockFormat(bool IsNative, bool IsTool, bool ForcesCall)
{
    /// <summary>The tool whose arguments are the answer's text.</summary>
    public const string ToolName = "gateway_json_answer";

    /// <inheritdoc cref="ToolName"/>
    public static ReadOnlySpan<byte> ToolNameUtf8 => "gateway_json_answer"u8;

    private const string Field = "response_format";

    /// <summary>Whether an answer's calls of <see cref="ToolName"/> are text.</summary>
    public static bool MayBeTool(Conversation? conversation) => conversation?.Format.Kind == AnswerFormatKind.JsonSchema;

    /// <summary>Chooses the way for one model, or returns why there is none.</summary>
    public static Refusal? Choose(Conversation conversation, BedrockModel model, out BedrockFormat format)
    {
        var isForced = conversation.ToolChoice.ForcesCall && conversation.Tools.Count > 0;
        format = new BedrockFormat(false, false, isForced);
        switch (conversation.Format.Kind)
        {
            case AnswerFormatKind.Text:
                return null;
            case AnswerFormatKind.JsonObject:
                return Refusals.UnsupportedParameter(Field, "This model's provider (Amazon Bedrock) answers in JSON only of a schema: use the type 'json_schema'.");
        }

        if (model.HasStructuredOutputs)
        {
            format = format with { IsNative = true };
            return null;
        }

        if (!model.TakesToolChoice)
        {
            return Refusals.UnsupportedParameter(Field, "This model cannot be made to answer in JSON of a schema.");
        }

        // Where the client's own tool is forced, the answer is its call and has no text.
        format = isForced ? format : new BedrockFormat(false, true, true);
        return null;
    }

    /// <summary>Writes the member <c>textFormat</c>.</summary>
    public static void WriteNative(AnswerFormat wanted, Utf8JsonWriter json)
    {
        json.WriteStartObject("textFormat"u8);
        json.WriteString("type"u8, "json_schema"u8);
        json.WriteStartObject("structure"u8);
        json.WriteStartObject("jsonSchema"u8);

        // A schema within a string: so Converse has it.
        json.WriteString("schema"u8, JsonText.Compact(wanted.Schema));
        if (wanted.Name is { Length: > 0 } name)
        {
            json.WriteString("name"u8, name);
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
