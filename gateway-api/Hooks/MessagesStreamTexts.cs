using System.Buffers;
using System.Globalization;
using System.Text.Json;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Messages;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>The events of Anthropic's Messages.</summary>
internal sealed class MessagesStreamTexts : StreamTexts
{
    public static readonly MessagesStreamTexts Instance = new();

    /// <inheritdoc/>
    public override void Read(JsonElement data, EventTexts texts)
    {
        var walk = new TextWalk(texts);
        var block = data.GetCount("index").ToString(CultureInfo.InvariantCulture) + TextChannel.Separator;
        var type = data.GetText("type");
        foreach (var member in data.EnumerateObject())
        {
            switch (member.Name)
            {
                case "delta" or "content_block" when type is "content_block_delta" or "content_block_start" && member.Value.ValueKind == JsonValueKind.Object:
                    ReadBlock(block, member.Value, texts, walk);
                    break;
                case "message" when member.Value.ValueKind == JsonValueKind.Object:
                    foreach (var inner in member.Value.EnumerateObject())
                    {
                        AnswerTexts.VisitRoot(walk, member.Value, inner.Name, inner.Value);
                    }

                    break;
                default:
                    AnswerTexts.VisitRoot(walk, data, member.Name, member.Value);
                    break;
            }
        }

        if (type is "content_block_stop" || (type is "content_block_delta" && data.TryGetValue("delta", out var delta) && delta.GetText("type") == "signature_delta"))
        {
            texts.Ended.Add(block);
        }
        else if (type is "message_delta" or "message_stop")
        {
            texts.Ended.Add("");
        }
    }

    /// <inheritdoc/>
    public override void WriteFailure(Refusal refusal, string requestId, int number, IBufferWriter<byte> output) =>
        MessagesDialect.Instance.WriteStreamError(refusal, requestId, output);

    private static void ReadBlock(string block, JsonElement content, EventTexts texts, TextWalk walk)
    {
        foreach (var member in content.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.String && DeltaOf(content, member.Name) is { } delta)
            {
                var form = member.Name == "partial_json" ? TextForm.JsonInString : TextForm.Plain;
                texts.AddPiece(member.Value, block + member.Name, form, AnswerTexts.Said(delta.Kind, "content"), () => TemplateOf(block, member.Name, delta.Type));
            }
            else
            {
                walk.VisitMember(content, member.Name, member.Value, AnswerTexts.Saying);
            }
        }
    }

    private static (string Type, HookTextKind Kind)? DeltaOf(JsonElement content, string member) => member switch
    {
        "text" => ("text_delta", HookTextKind.Text),
        "thinking" => ("thinking_delta", HookTextKind.Reasoning),
        "partial_json" => ("input_json_delta", HookTextKind.ToolArguments),

        // Of a kind that is not known yet: its text may be cut anywhere too.
        _ when content.GetText("type") is { } type && type.EndsWith("_delta", StringComparison.Ordinal) && IsPlain(type) && IsPlain(member)
            && !TextNames.IsWord(member) && !TextNames.IsOpaque(member) && !TextNames.IsUrl(member) => (type, HookTextKind.Text),
        _ => null,
    };

    // Goes into JSON as it is.
    private static bool IsPlain(string name) => name.All(static character => char.IsAsciiLetterOrDigit(character) || character == '_');

    private static EventTemplate TemplateOf(string block, string member, string delta) => new(
        $"event: content_block_delta\ndata: {{\"type\":\"content_block_delta\",\"index\":{block[..^1]},\"delta\":{{\"type\":\"{delta}\",\"{member}\":",
        "}}\n\n");
}
