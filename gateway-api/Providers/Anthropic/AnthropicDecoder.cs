using System.Text;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>
/// Reads a stream of Anthropic's events for a client that speaks another dialect. Text and arguments are copied as escaped
/// JSON, without being decoded. Blocks of server tools, citations and what is new pass by unseen.
/// </summary>
internal sealed class AnthropicDecoder(AnswerStream client) : DecodingTranslator(client)
{
    private readonly List<OpenCall> _calls = [];
    private AnthropicUsage _usage;
    private bool _hasBegun;
    private bool _isFinished;

    /// <inheritdoc/>
    protected override bool IsWhole => _isFinished;

    /// <inheritdoc/>
    protected override StreamSignal Decode(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (!AnthropicEvent.TryRead(data, ref _usage, out var read))
        {
            return StreamSignal.Malformed;
        }

        Usage = _usage.Tokens;
        switch (read.Kind)
        {
            case AnthropicEventKind.MessageStart:
                return Begin(read);
            case AnthropicEventKind.Error:
                Error = AnthropicErrors.FromEvent(read.ErrorType, read.Message);
                return StreamSignal.Failed;
            case AnthropicEventKind.Ping or AnthropicEventKind.Unknown:
                return StreamSignal.None;
            case var _ when !_hasBegun:
                return StreamSignal.Malformed;

            // Who has told why the answer ended says no more of it.
            case AnthropicEventKind.BlockStart or AnthropicEventKind.BlockDelta when _isFinished:
                return StreamSignal.Malformed;
            case AnthropicEventKind.BlockStop when _isFinished:
                return StreamSignal.None;
            case AnthropicEventKind.BlockStart:
                return BeginBlock(read);
            case AnthropicEventKind.BlockDelta:
                return Continue(read);
            case AnthropicEventKind.BlockStop:
                return EndBlock(read);
            case AnthropicEventKind.MessageDelta:
                return Finish(read);
            default:
                return End();
        }
    }

    private StreamSignal Begin(in AnthropicEvent read)
    {
        if (_hasBegun)
        {
            return StreamSignal.Malformed;
        }

        _hasBegun = true;
        Client.Begin(read.Id, read.Model);
        return StreamSignal.None;
    }

    private StreamSignal BeginBlock(in AnthropicEvent read)
    {
        if (read.Block != AnthropicBlockKind.ToolUse)
        {
            return Say(read);
        }

        _calls.Add(new OpenCall(read.Index, read.Input.ToArray()));
        Client.BeginCall(read.Id, read.Name);
        return StreamSignal.Content;
    }

    private StreamSignal Continue(in AnthropicEvent read)
    {
        if (read.Block != AnthropicBlockKind.Input)
        {
            return Say(read);
        }

        if (!read.HasText || FindCall(read.Index) is not (>= 0 and var place))
        {
            return StreamSignal.None;
        }

        _calls[place].HasArguments = true;
        Client.Arguments(place, read.Text);
        return StreamSignal.Content;
    }

    private StreamSignal Say(in AnthropicEvent read)
    {
        switch (read.Block)
        {
            case AnthropicBlockKind.Text when read.HasText:
                Client.Text(read.Text);
                return StreamSignal.Content;
            case AnthropicBlockKind.Thinking when read.HasText:
                Client.Reasoning(read.Text);
                return StreamSignal.Content;
            case AnthropicBlockKind.Signature when read.Signature.Length > 2:
                Client.ReasoningSignature(read.Signature);
                return StreamSignal.None;
            case AnthropicBlockKind.Redacted when read.Redacted.Length > 2:
                Client.RedactedReasoning(read.Redacted);
                return StreamSignal.None;
            default:
                return StreamSignal.None;
        }
    }

    private StreamSignal EndBlock(in AnthropicEvent read)
    {
        var place = FindCall(read.Index);
        if (place < 0 || _calls[place].HasArguments)
        {
            return StreamSignal.None;
        }

        // A call without arguments brings no delta, or the whole input came with the block's start.
        var call = _calls[place];
        call.HasArguments = true;
        Client.Arguments(place, JsonText.Quote(call.Input.Length == 0 ? "{}" : Encoding.UTF8.GetString(call.Input)));
        return StreamSignal.Content;
    }

    private StreamSignal Finish(in AnthropicEvent read)
    {
        if (read.StopReason is null || _isFinished)
        {
            return StreamSignal.None;
        }

        _isFinished = true;
        if (read.Message is { Length: > 0 } explanation)
        {
            Client.Refusal(JsonText.Quote(explanation));
        }

        Client.Finish(AnthropicFinish.From(read.StopReason), read.StopSequence);
        return StreamSignal.Content;
    }

    private int FindCall(int index)
    {
        for (var place = _calls.Count - 1; place >= 0; place--)
        {
            if (_calls[place].Index == index)
            {
                return place;
            }
        }

        return -1;
    }

    /// <param name="index">The block's place among all blocks.</param>
    /// <param name="input">What came with the block's start, raw JSON.</param>
    private sealed class OpenCall(int index, byte[] input)
    {
        public int Index => index;

        public byte[] Input => input;

        public bool HasArguments { get; set; }
    }
}
