using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>Reads a stream of <c>/v2/chat</c>.</summary>
internal sealed class CohereStream(AnswerStream client) : DecodingTranslator(client)
{
    // By the numbers that Cohere gives the calls, in the order in which they began.
    private readonly List<int> _calls = [];
    private readonly List<bool> _hasArguments = [];
    private bool _hasBegun;
    private FinishReason? _finish;

    /// <inheritdoc/>
    protected override bool IsWhole => _finish is not null;

    /// <inheritdoc/>
    protected override StreamSignal Decode(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (data.SequenceEqual("[DONE]"u8))
        {
            return End();
        }

        if (!CohereEvent.TryRead(data, out var told))
        {
            return StreamSignal.Malformed;
        }

        if (_finish is not null)
        {
            return StreamSignal.None;
        }

        return Read(told.Type.IsEmpty ? name : JsonText.Inner(told.Type), told);
    }

    private StreamSignal Read(ReadOnlySpan<byte> type, in CohereEvent told) =>
        type.SequenceEqual("content-delta"u8) || type.SequenceEqual("content-start"u8) ? Say(told)
        : type.SequenceEqual("tool-call-delta"u8) ? AddArguments(told)
        : type.SequenceEqual("tool-plan-delta"u8) ? Say(told)
        : type.SequenceEqual("tool-call-start"u8) ? BeginCall(told)
        : type.SequenceEqual("tool-call-end"u8) ? EndCall(told)
        : type.SequenceEqual("message-start"u8) ? Begin(told.Id)
        : type.SequenceEqual("message-end"u8) ? Finish(told)
        : told.ErrorMessage.IsEmpty ? StreamSignal.None
        : Fail(Refusals.UpstreamFailed(500));

    private StreamSignal Begin(ReadOnlySpan<byte> idJson)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            Client.Begin(JsonText.Inner(idJson).IsEmpty ? default : idJson, default);
        }

        return StreamSignal.None;
    }

    private StreamSignal Say(in CohereEvent told)
    {
        Begin(default);
        var signal = StreamSignal.None;
        if (!JsonText.Inner(told.Thinking).IsEmpty)
        {
            Client.Reasoning(told.Thinking);
            signal = StreamSignal.Content;
        }

        // The plan before the calls is what the assistant says to them.
        var text = told.Plan.IsEmpty ? told.Text : told.Plan;
        if (!JsonText.Inner(text).IsEmpty)
        {
            Client.Text(text);
            signal = StreamSignal.Content;
        }

        return signal;
    }

    private StreamSignal BeginCall(in CohereEvent told)
    {
        if (_calls.Contains(told.Index) || JsonText.Inner(told.CallName).IsEmpty)
        {
            return StreamSignal.Malformed;
        }

        Begin(default);
        Client.BeginCall(JsonText.Inner(told.CallId).IsEmpty ? JsonText.Quote($"call_{_calls.Count}") : told.CallId, told.CallName);
        _calls.Add(told.Index);
        _hasArguments.Add(false);
        AddArguments(told);
        return StreamSignal.Content;
    }

    private StreamSignal AddArguments(in CohereEvent told)
    {
        var call = _calls.IndexOf(told.Index);
        if (call < 0)
        {
            return StreamSignal.Malformed;
        }

        if (!JsonText.Inner(told.Arguments).IsEmpty)
        {
            Client.Arguments(call, told.Arguments);
            _hasArguments[call] = true;
        }

        return StreamSignal.Content;
    }

    // A call without arguments is told without any, which is no JSON.
    private StreamSignal EndCall(in CohereEvent told)
    {
        if (_calls.IndexOf(told.Index) is >= 0 and var call && !_hasArguments[call])
        {
            Client.Arguments(call, "\"{}\""u8);
            _hasArguments[call] = true;
        }

        return StreamSignal.None;
    }

    private StreamSignal Finish(in CohereEvent told)
    {
        Usage = told.Usage ?? Usage;
        var word = JsonText.Inner(told.Finish);
        if (CohereFinish.Parse(word) is not { } reason)
        {
            return word.IsEmpty ? StreamSignal.Malformed
                : Fail(word.SequenceEqual("TIMEOUT"u8) ? Refusals.UpstreamTimeout() : Refusals.UpstreamFailed(500));
        }

        Begin(default);
        _finish = reason == FinishReason.Stop && _calls.Count > 0 ? FinishReason.ToolCalls : reason;
        Client.Finish(_finish.Value);
        return StreamSignal.Content;
    }

    private StreamSignal Fail(Refusal refusal)
    {
        Error = new UpstreamError(AttemptOutcome.ServerError, refusal, true, null);
        return StreamSignal.Failed;
    }
}
