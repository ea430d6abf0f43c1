using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OpenAiResponses;

/// <summary>Reads a Responses stream for a client that speaks another dialect.</summary>
internal sealed class ResponsesDecoder(AnswerStream client) : DecodingTranslator(client)
{
    private readonly List<Call> _calls = [];
    private bool _hasBegun;
    private bool _hasContent;
    private bool _isWhole;
    private (int Item, int Part)? _thought;

    /// <inheritdoc/>
    protected override bool IsWhole => _isWhole;

    /// <inheritdoc/>
    protected override StreamSignal Decode(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (_isWhole || data.SequenceEqual("[DONE]"u8))
        {
            return End();
        }

        if (!ReceivedEvent.TryRead(data, out var received))
        {
            return StreamSignal.Malformed;
        }

        if (received.Kind is ReceivedKind.Failed or ReceivedKind.Error)
        {
            Error = ResponsesFailure.Read(data);
            return StreamSignal.Failed;
        }

        try
        {
            return Read(received);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return StreamSignal.Malformed;
        }
    }

    private StreamSignal Read(in ReceivedEvent received)
    {
        if (!_hasBegun && received.Kind != ReceivedKind.Created)
        {
            // Who answers in another form is no provider of this type.
            return received.Kind == ReceivedKind.Other && !received.Type.StartsWith("response."u8) ? StreamSignal.Malformed : BeginAnd(received);
        }

        switch (received.Kind)
        {
            case ReceivedKind.Created:
                Begin(received.Response);
                return StreamSignal.None;
            case ReceivedKind.Text when received.Delta.Length > 2:
                Client.Text(received.Delta);
                return Said();
            case ReceivedKind.Refusal when received.Delta.Length > 2:
                Client.Refusal(received.Delta);
                return Said();
            case ReceivedKind.Summary or ReceivedKind.Reasoning when received.Delta.Length > 2:
                Think(received);
                return Said();
            case ReceivedKind.ItemAdded:
                return BeginItem(received.OutputIndex, Parse(received.Item));
            case ReceivedKind.Arguments when received.Delta.Length > 2:
                return Argue(received.OutputIndex, received.Delta);
            case ReceivedKind.ArgumentsDone:
                return EndArguments(received.OutputIndex, received.Arguments);
            case ReceivedKind.ItemDone:
                return EndItem(received.OutputIndex, Parse(received.Item));
            case ReceivedKind.Completed or ReceivedKind.Incomplete:
                return Finish(Parse(received.Response));
            default:
                return StreamSignal.None;
        }
    }

    private StreamSignal BeginAnd(in ReceivedEvent received)
    {
        Begin(received.Response);
        return Read(received);
    }

    private void Begin(ReadOnlySpan<byte> response)
    {
        if (_hasBegun)
        {
            return;
        }

        _hasBegun = true;
        var told = Parse(response);
        Client.Begin(
            told.GetText("id") is { Length: > 0 } id ? JsonText.Quote(id) : default,
            told.GetText("model") is { Length: > 0 } model ? JsonText.Quote(model) : default);
    }

    private StreamSignal Said()
    {
        _hasContent = true;
        return StreamSignal.Content;
    }

    // Summaries come in parts, each a paragraph.
    private void Think(in ReceivedEvent received)
    {
        var place = (received.OutputIndex, received.SummaryIndex);
        if (_thought is { } before && before != place)
        {
            Client.Reasoning("\"\\n\\n\""u8);
        }

        _thought = place;
        Client.Reasoning(received.Delta);
    }

    private StreamSignal BeginItem(int index, JsonElement item)
    {
        if (item.GetText("type") != "function_call" || item.GetText("name") is not { Length: > 0 } name)
        {
            return StreamSignal.None;
        }

        Client.BeginCall(JsonText.Quote(item.GetText("call_id") ?? $"call_{_calls.Count}"), JsonText.Quote(name));
        _calls.Add(new Call(index));
        return Said();
    }

    private StreamSignal Argue(int index, ReadOnlySpan<byte> json)
    {
        var place = _calls.FindIndex(call => call.Index == index);
        if (place < 0)
        {
            return StreamSignal.Malformed;
        }

        _calls[place].HasArguments = true;
        Client.Arguments(place, json);
        return Said();
    }

    // Some servers tell the arguments only when they are whole.
    private StreamSignal EndArguments(int index, ReadOnlySpan<byte> json) =>
        _calls.Find(call => call.Index == index) is { HasArguments: false } && json.Length > 2 ? Argue(index, json) : StreamSignal.None;

    private StreamSignal EndItem(int index, JsonElement item)
    {
        switch (item.GetText("type"))
        {
            case "function_call":
                var begun = _calls.Exists(call => call.Index == index) ? StreamSignal.None : BeginItem(index, item);
                var ended = item.GetText("arguments") is { Length: > 0 } arguments ? EndArguments(index, JsonText.Quote(arguments)) : StreamSignal.None;
                return ended == StreamSignal.None ? begun : ended;
            case "reasoning" when ReasoningToken.Of(item) is { } token:
                Client.ReasoningSignature(JsonText.Quote(token));
                return StreamSignal.None;
            default:
                return StreamSignal.None;
        }
    }

    private StreamSignal Finish(JsonElement response)
    {
        Usage = ResponsesAnswer.UsageOf(response);
        _isWhole = true;
        Client.Finish(ResponsesAnswer.FinishOf(response, _calls.Count > 0));
        return _hasContent ? End() : StreamSignal.Content;
    }

    private static JsonElement Parse(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
        {
            return default;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 128 });
        return JsonElement.ParseValue(ref reader);
    }

    private sealed class Call(int index)
    {
        public int Index => index;

        public bool HasArguments { get; set; }
    }
}
