using System.Buffers;
using System.Text;
using System.Text.Json;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Responses;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>The events of Responses: each text comes in pieces, and again with the end of its part, of its item, and of all.</summary>
internal sealed class ResponsesStreamTexts : StreamTexts
{
    public static readonly ResponsesStreamTexts Instance = new();

    private const string DeltaEnd = ".delta";
    private const string DoneEnd = ".done";

    /// <inheritdoc/>
    public override bool IsNumbered => true;

    /// <inheritdoc/>
    public override bool RepeatsTexts => true;

    /// <inheritdoc/>
    public override void Read(JsonElement data, EventTexts texts)
    {
        var walk = new TextWalk(texts);
        var type = data.GetText("type") ?? "";
        var scope = AnswerTexts.Saying with { Kind = KindOf(type) };
        foreach (var member in data.EnumerateObject())
        {
            switch (member.Name)
            {
                case "sequence_number":
                    texts.Number(member.Value);
                    break;
                case "response" when member.Value.ValueKind == JsonValueKind.Object:
                    foreach (var inner in member.Value.EnumerateObject())
                    {
                        AnswerTexts.VisitRoot(walk, member.Value, inner.Name, inner.Value);
                    }

                    break;
                case "delta" when member.Value.ValueKind == JsonValueKind.String && type.EndsWith(DeltaEnd, StringComparison.Ordinal):
                    ReadDelta(data, type, member.Value, texts);
                    break;
                default:
                    walk.VisitMember(data, member.Name, member.Value, scope);
                    break;
            }
        }

        NoteEnd(data, type, texts);
    }

    /// <inheritdoc/>
    public override void WriteFailure(Refusal refusal, string requestId, int number, IBufferWriter<byte> output) =>
        ResponsesErrorEvent.Write(refusal, number, output);

    private static void ReadDelta(JsonElement data, string type, JsonElement delta, EventTexts texts)
    {
        if (type == "response.audio.delta")
        {
            return;
        }

        var said = type[..^DeltaEnd.Length];
        var form = said.EndsWith("arguments", StringComparison.Ordinal) ? TextForm.JsonInString : TextForm.Plain;
        texts.AddPiece(delta, PartOf(data) + said, form, AnswerTexts.Said(KindOf(type), "output"), () => TemplateOf(data, type));
    }

    private static void NoteEnd(JsonElement data, string type, EventTexts texts)
    {
        switch (type)
        {
            case "response.completed" or "response.incomplete" or "response.failed" or "response.cancelled":
                texts.Ended.Add("");
                break;
            case "response.output_item.done":
                texts.Ended.Add(ItemOf(data));
                break;
            case "response.content_part.done" or "response.reasoning_summary_part.done":
                texts.Ended.Add(PartOf(data));
                break;
            case var done when done.EndsWith(DoneEnd, StringComparison.Ordinal):
                texts.Ended.Add(PartOf(data) + done[..^DoneEnd.Length]);
                break;
        }
    }

    private static string ItemOf(JsonElement data) => $"{data.GetCount("output_index")}{TextChannel.Separator}";

    private static string PartOf(JsonElement data) =>
        $"{ItemOf(data)}{data.GetCount("content_index") + data.GetCount("summary_index")}{TextChannel.Separator}";

    private static HookTextKind KindOf(string type) =>
        type.Contains("reasoning", StringComparison.Ordinal) ? HookTextKind.Reasoning
        : type.Contains("refusal", StringComparison.Ordinal) ? HookTextKind.Refusal
        : type.Contains("_call", StringComparison.Ordinal) ? HookTextKind.ToolArguments
        : HookTextKind.Text;

    private static EventTemplate TemplateOf(JsonElement data, string type)
    {
        var head = new StringBuilder($"event: {type}\ndata: {{");
        foreach (var member in data.EnumerateObject().Where(static member => member.Name is not ("delta" or "sequence_number" or "logprobs" or "obfuscation")))
        {
            head.Append('"').Append(JsonStrings.Escape(member.Name)).Append("\":").Append(member.Value.GetRawText()).Append(',');
        }

        var tokens = data.TryGetProperty("logprobs", out _) ? ",\"logprobs\":[]" : "";
        return new EventTemplate(head.Append("\"delta\":").ToString(), tokens + ",\"sequence_number\":", "}\n\n");
    }
}
