using System.Buffers;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>
/// Writes a streamed answer as the named events of Responses. A message or a thought is open until something else begins;
/// calls are open until the end, since pieces of their arguments may come in any order.
/// </summary>
internal sealed class ResponsesStream(InferenceRequest request, DateTimeOffset now) : AnswerStream
{
    private readonly List<ResponsesItem> _items = [];
    private readonly List<ResponsesItem> _calls = [];
    private ResponsesEvents _events;
    private ResponsesEnvelope? _envelope;
    private ResponsesItem? _open;
    private FinishReason _finish;

    /// <inheritdoc/>
    public override void Begin(ReadOnlySpan<byte> idJson, ReadOnlySpan<byte> modelJson)
    {
        _envelope = new ResponsesEnvelope(request, modelJson, now);
        _events.Begin("response.created"u8, Output);
        Output.Write(",\"response\":"u8);
        _envelope.WriteBegun(Output);
        ResponsesEvents.End(Output);
        _events.Begin("response.in_progress"u8, Output);
        Output.Write(",\"response\":"u8);
        _envelope.WriteBegun(Output);
        ResponsesEvents.End(Output);
    }

    /// <inheritdoc/>
    public override void Text(ReadOnlySpan<byte> json) => Say(ResponsesItemKind.Message, ResponsesPartKind.Text, json);

    /// <inheritdoc/>
    public override void Reasoning(ReadOnlySpan<byte> json) => Say(ResponsesItemKind.Reasoning, ResponsesPartKind.Summary, json);

    /// <inheritdoc/>
    public override void Refusal(ReadOnlySpan<byte> json) => Say(ResponsesItemKind.Message, ResponsesPartKind.Refusal, json);

    /// <inheritdoc/>
    public override void ReasoningSignature(ReadOnlySpan<byte> json)
    {
        Open(ResponsesItemKind.Reasoning).SignatureJson = ResponsesSeal.OfSignature(json);
        CloseOpen(ResponsesItemState.Completed);
    }

    /// <inheritdoc/>
    public override void RedactedReasoning(ReadOnlySpan<byte> json)
    {
        CloseOpen(ResponsesItemState.Completed);
        Open(ResponsesItemKind.Reasoning).SignatureJson = ResponsesSeal.OfRedacted(json);
        CloseOpen(ResponsesItemState.Completed);
    }

    /// <inheritdoc/>
    public override void BeginCall(ReadOnlySpan<byte> idJson, ReadOnlySpan<byte> nameJson)
    {
        CloseOpen(ResponsesItemState.Completed);
        var call = new ResponsesItem(ResponsesItemKind.FunctionCall, _items.Count, _envelope!.Key)
        {
            CallIdJson = idJson.IsEmpty ? JsonText.Quote($"call_{_calls.Count}") : idJson.ToArray(),
            NameJson = nameJson.IsEmpty ? "\"\""u8.ToArray() : nameJson.ToArray(),
        };
        call.Parts.Add(new ResponsesPart(ResponsesPartKind.Arguments));
        _calls.Add(call);
        Add(call);
    }

    /// <inheritdoc/>
    public override void Arguments(int call, ReadOnlySpan<byte> json)
    {
        if (json.Length > 2)
        {
            _calls[call].Parts[0].Append(json);
            _events.Delta(_calls[call], 0, json, Output);
        }
    }

    /// <inheritdoc/>
    public override void Finish(FinishReason reason, string? stopSequence)
    {
        _finish = reason;
        CloseOpen(EndStateOf(_open));
        for (var i = 0; i < _calls.Count; i++)
        {
            if (_calls[i].Parts[0].IsEmpty)
            {
                Arguments(i, "\"{}\""u8);
            }

            Close(_calls[i], EndStateOf(_calls[i]));
        }
    }

    /// <inheritdoc/>
    public override void End(TokenUsage? usage)
    {
        _events.Begin(ResponsesEnvelope.IsIncomplete(_finish) ? "response.incomplete"u8 : "response.completed"u8, Output);
        Output.Write(",\"response\":"u8);
        _envelope!.CostDollars = CostDollars;
        _envelope.WriteEnded(_finish, _items, usage, Output);
        ResponsesEvents.End(Output);
    }

    /// <inheritdoc/>
    public override bool Fail(Refusal refusal)
    {
        if (_envelope is null)
        {
            return false;
        }

        foreach (var item in _items.Where(static item => item.State == ResponsesItemState.InProgress))
        {
            item.State = ResponsesItemState.Incomplete;
        }

        _events.Begin("response.failed"u8, Output);
        Output.Write(",\"response\":"u8);
        _envelope.WriteFailed(refusal, _items, Output);
        ResponsesEvents.End(Output);

        // Last, since clients throw at it.
        ResponsesErrorEvent.Write(refusal, _events.Count, Output);
        return true;
    }

    private void Say(ResponsesItemKind itemKind, ResponsesPartKind partKind, ReadOnlySpan<byte> json)
    {
        if (json.Length <= 2)
        {
            return;
        }

        var item = Open(itemKind);
        if (item.Parts.Count == 0 || item.Parts[^1].Kind != partKind)
        {
            EndPart(item);
            item.Parts.Add(new ResponsesPart(partKind));
            _events.PartAdded(item, Output);
        }

        item.Parts[^1].Append(json);
        _events.Delta(item, item.Parts.Count - 1, json, Output);
    }

    private ResponsesItem Open(ResponsesItemKind kind)
    {
        if (_open?.Kind == kind)
        {
            return _open;
        }

        CloseOpen(ResponsesItemState.Completed);
        _open = new ResponsesItem(kind, _items.Count, _envelope!.Key);
        Add(_open);
        return _open;
    }

    private void Add(ResponsesItem item)
    {
        _items.Add(item);
        _events.ItemAdded(item, Output);
    }

    private void CloseOpen(ResponsesItemState state)
    {
        if (_open is { } item)
        {
            _open = null;
            Close(item, state);
        }
    }

    private void Close(ResponsesItem item, ResponsesItemState state)
    {
        item.State = state;
        EndPart(item);
        _events.ItemDone(item, Output);
    }

    private void EndPart(ResponsesItem item)
    {
        if (item.Parts.Count > 0)
        {
            _events.PartDone(item, Output);
        }
    }

    // What stands last is what the limit cut.
    private ResponsesItemState EndStateOf(ResponsesItem? item) =>
        ResponsesEnvelope.IsIncomplete(_finish) && item?.Index == _items.Count - 1 ? ResponsesItemState.Incomplete : ResponsesItemState.Completed;
}
