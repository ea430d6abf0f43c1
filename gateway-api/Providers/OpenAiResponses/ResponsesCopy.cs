using System.Buffers;
using System.Text.Json;
using ProxyCluster.GatewayApi.Costs;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Responses;

namespace ProxyCluster.GatewayApi.Providers.OpenAiResponses;

/// <summary>Passes a Responses stream on to a client that speaks it too: each event is read once and copied.</summary>
internal sealed class ResponsesCopy(InferenceRequest request) : StreamTranslator
{
    private bool _hasContent;
    private bool _isWhole;
    private int _sequence = -1;

    /// <inheritdoc/>
    public override StreamSignal Translate(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        if (_isWhole || data.SequenceEqual("[DONE]"u8))
        {
            return _isWhole ? StreamSignal.End : StreamSignal.Malformed;
        }

        if (!ReceivedEvent.TryRead(data, out var received) || (received.Type.IsEmpty && !received.HasError))
        {
            return StreamSignal.Malformed;
        }

        switch (received.Kind)
        {
            case ReceivedKind.Failed or ReceivedKind.Error:
                Error = ResponsesFailure.Read(data);
                return StreamSignal.Failed;
            case ReceivedKind.Created:
                ReadResponse(received.Response, isEnd: false);
                Write(received, data, output);
                return StreamSignal.None;
            case ReceivedKind.Announcement or ReceivedKind.ItemAdded:
                Write(received, data, output);
                return StreamSignal.None;
            case ReceivedKind.Completed or ReceivedKind.Incomplete:
                ReadResponse(received.Response, isEnd: true);
                _isWhole = true;
                data = UsageCost.AddTo(data, CostDollars);
                break;
        }

        Write(received, data, output);
        if (!_hasContent && !SaysSomething(received))
        {
            return StreamSignal.None;
        }

        var signal = _isWhole && _hasContent ? StreamSignal.End : StreamSignal.Content;
        _hasContent = true;
        return signal;
    }

    /// <inheritdoc/>
    public override bool Complete(IBufferWriter<byte> output) => _isWhole;

    /// <inheritdoc/>
    public override bool TellFailure(Refusal refusal, IBufferWriter<byte> output)
    {
        ResponsesErrorEvent.Write(refusal, _sequence + 1, output);
        return true;
    }

    // An empty piece, and news of what is under way, are nothing that a client waits for.
    private static bool SaysSomething(in ReceivedEvent received) => received.Kind switch
    {
        ReceivedKind.Text or ReceivedKind.Refusal or ReceivedKind.Summary or ReceivedKind.Reasoning or ReceivedKind.Arguments => received.Delta.Length > 2,
        ReceivedKind.Other => received.Type.StartsWith("response."u8) && !received.Type.EndsWith("in_progress"u8),
        _ => true,
    };

    private void ReadResponse(ReadOnlySpan<byte> response, bool isEnd)
    {
        if (response.IsEmpty || (!isEnd && request.AnswerKept is null))
        {
            return;
        }

        try
        {
            var reader = new Utf8JsonReader(response, new JsonReaderOptions { MaxDepth = 128 });
            using var document = JsonDocument.ParseValue(ref reader);
            if (isEnd)
            {
                Usage = ResponsesAnswer.UsageOf(document.RootElement);
            }
            else
            {
                ResponsesAnswer.NoteKept(request, document.RootElement);
            }
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in a string: what the client makes of it is its own affair.
        }
    }

    private void Write(in ReceivedEvent received, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        _sequence = received.Sequence;

        // Types are words; one with a line break in an escape could not be a name.
        output.Write("event: "u8);
        output.Write(received.Type);
        output.Write("\ndata: "u8);
        var span = output.GetSpan(data.Length);
        data.CopyTo(span);

        // Several data lines were joined: within JSON a line feed is white space between tokens.
        span[..data.Length].Replace((byte)'\n', (byte)' ');
        output.Advance(data.Length);
        output.Write("\n\n"u8);
    }
}
