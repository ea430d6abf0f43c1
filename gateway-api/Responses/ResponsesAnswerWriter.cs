using System.Buffers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>Writes a whole answer as a <c>response</c>.</summary>
internal static class ResponsesAnswerWriter
{
    public static void Write(Answer answer, InferenceRequest request, DateTimeOffset now, IBufferWriter<byte> output)
    {
        var envelope = new ResponsesEnvelope(request, answer.Model is { } model ? JsonText.Quote(model) : default, now);
        envelope.WriteEnded(answer.Finish, ItemsOf(answer, envelope.Key), answer.Usage, output);
    }

    private static List<ResponsesItem> ItemsOf(Answer answer, string key)
    {
        var items = new List<ResponsesItem>();
        var reasoning = new ResponsesItem(ResponsesItemKind.Reasoning, 0, key)
        {
            SignatureJson = answer.ReasoningSignature is { Length: > 0 } signature ? ResponsesSeal.OfSignature(JsonText.Quote(signature)) : null,
        };
        AddPart(reasoning, ResponsesPartKind.Summary, answer.Reasoning);
        if (reasoning.Parts.Count > 0 || reasoning.SignatureJson is not null)
        {
            items.Add(reasoning);
        }

        items.AddRange(answer.RedactedReasoning.Select((data, i) =>
            new ResponsesItem(ResponsesItemKind.Reasoning, items.Count + i, key) { SignatureJson = ResponsesSeal.OfRedacted(JsonText.Quote(data)) }).ToArray());
        var message = new ResponsesItem(ResponsesItemKind.Message, items.Count, key);
        AddPart(message, ResponsesPartKind.Text, answer.Text);
        AddPart(message, ResponsesPartKind.Refusal, answer.Refusal);
        if (message.Parts.Count > 0)
        {
            items.Add(message);
        }

        foreach (var call in answer.Calls)
        {
            var item = new ResponsesItem(ResponsesItemKind.FunctionCall, items.Count, key)
            {
                CallIdJson = JsonText.Quote(call.Id),
                NameJson = JsonText.Quote(call.Name),
            };
            AddPart(item, ResponsesPartKind.Arguments, string.IsNullOrWhiteSpace(call.Arguments) ? "{}" : call.Arguments);
            items.Add(item);
        }

        // What stands last is what the limit cut.
        foreach (var item in items)
        {
            item.State = item == items[^1] && ResponsesEnvelope.IsIncomplete(answer.Finish) ? ResponsesItemState.Incomplete : ResponsesItemState.Completed;
        }

        return items;
    }

    private static void AddPart(ResponsesItem item, ResponsesPartKind kind, string? text)
    {
        if (text is { Length: > 0 })
        {
            var part = new ResponsesPart(kind);
            part.Append(JsonText.Quote(text));
            item.Parts.Add(part);
        }
    }
}
