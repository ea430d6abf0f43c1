using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>
/// Reads a stream of ConverseStream: <c>messageStart</c>, blocks, <c>messageStop</c>, <c>metadata</c>. Text is copied as
/// it stands. Blocks of tools that ran at Bedrock, citations, and what is new pass by unseen.
/// </summary>
/// <param name="client">Writes for the client.</param>
/// <param name="mayHaveAnswerTool">Whether a call of <see cref="BedrockFormat.ToolName"/> is the answer's text.</param>
internal sealed class BedrockDecoder(AnswerStream client, bool mayHaveAnswerTool) : DecodingTranslator(client)
{
    private readonly List<Call> _calls = [];
    private bool _hasBegun;
    private int _answerBlock = -1;
    private FinishReason? _finish;

    /// <inheritdoc/>
    protected override bool IsWhole => _finish is not null;

    /// <inheritdoc/>
    protected override StreamSignal Decode(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
    {
        if (name.StartsWith(AmazonEventReader.ExceptionMark))
        {
            Error = BedrockErrors.FromException(name[AmazonEventReader.ExceptionMark.Length..], data);
            return StreamSignal.Failed;
        }

        if (!BedrockEvent.TryRead(data, out var read))
        {
            return StreamSignal.Malformed;
        }

        if (name.SequenceEqual("messageStart"u8))
        {
            return Begin();
        }

        if (name.SequenceEqual("metadata"u8))
        {
            Usage = read.Usage ?? Usage;
            return End();
        }

        var isContent = name.StartsWith("contentBlock"u8) || name.SequenceEqual("messageStop"u8);
        if (!isContent)
        {
            return StreamSignal.None;
        }

        return _hasBegun && _finish is null ? ReadContent(name, read) : StreamSignal.Malformed;
    }

    private StreamSignal Begin()
    {
        if (_hasBegun)
        {
            return StreamSignal.Malformed;
        }

        _hasBegun = true;
        Client.Begin(default, default);
        return StreamSignal.None;
    }

    private StreamSignal ReadContent(ReadOnlySpan<byte> name, in BedrockEvent read)
    {
        if (name.SequenceEqual("contentBlockDelta"u8))
        {
            return ReadDelta(read);
        }

        if (name.SequenceEqual("contentBlockStart"u8))
        {
            return StartBlock(read);
        }

        if (name.SequenceEqual("contentBlockStop"u8))
        {
            return StopBlock(read.Index);
        }

        return name.SequenceEqual("messageStop"u8) ? Finish(read) : StreamSignal.None;
    }

    private StreamSignal StartBlock(in BedrockEvent read)
    {
        if (JsonText.Inner(read.CallName).IsEmpty || read.IsServerCall)
        {
            return StreamSignal.None;
        }

        if (mayHaveAnswerTool && JsonText.Inner(read.CallName).SequenceEqual(BedrockFormat.ToolNameUtf8))
        {
            _answerBlock = read.Index;
            return StreamSignal.None;
        }

        _calls.Add(new Call(read.Index));
        Client.BeginCall(read.CallId, read.CallName);
        return StreamSignal.Content;
    }

    private StreamSignal ReadDelta(in BedrockEvent read)
    {
        var signal = StreamSignal.None;
        if (!JsonText.Inner(read.Text).IsEmpty)
        {
            Client.Text(read.Text);
            signal = StreamSignal.Content;
        }

        if (!JsonText.Inner(read.Thought).IsEmpty)
        {
            Client.Reasoning(read.Thought);
            signal = StreamSignal.Content;
        }

        if (!read.Signature.IsEmpty)
        {
            Client.ReasoningSignature(read.Signature);
        }

        if (read.Redacted.Length > 2)
        {
            Client.RedactedReasoning(read.Redacted);
        }

        return JsonText.Inner(read.Input).IsEmpty ? signal : ReadInput(read);
    }

    private StreamSignal ReadInput(in BedrockEvent read)
    {
        if (read.Index == _answerBlock)
        {
            Client.Text(read.Input);
            return StreamSignal.Content;
        }

        var place = Find(read.Index);
        if (place < 0)
        {
            return StreamSignal.None;
        }

        _calls[place] = _calls[place] with { HasArguments = true };
        Client.Arguments(place, read.Input);
        return StreamSignal.Content;
    }

    // A call without arguments brings no delta.
    private StreamSignal StopBlock(int index)
    {
        var place = Find(index);
        if (place < 0 || _calls[place].HasArguments)
        {
            return StreamSignal.None;
        }

        _calls[place] = _calls[place] with { HasArguments = true };
        Client.Arguments(place, "\"{}\""u8);
        return StreamSignal.Content;
    }

    private StreamSignal Finish(in BedrockEvent read)
    {
        if (read.StopReason.IsEmpty)
        {
            return StreamSignal.Malformed;
        }

        if (BedrockFinish.Read(JsonText.Inner(read.StopReason), _calls.Count > 0) is not { } finish)
        {
            Error = BedrockErrors.BrokenOutput();
            return StreamSignal.Failed;
        }

        try
        {
            Client.Finish(finish, read.StopSequence.IsEmpty ? null : JsonText.Decode(read.StopSequence));
        }
        catch (InvalidOperationException)
        {
            return StreamSignal.Malformed;
        }

        _finish = finish;
        return StreamSignal.Content;
    }

    private int Find(int index) => _calls.FindLastIndex(call => call.Index == index);

    /// <param name="Index">The block's place among all blocks.</param>
    private readonly record struct Call(int Index)
    {
        public bool HasArguments { get; init; }
    }
}
