using System.Buffers;
using ProxyCluster.GatewayApi.Costs;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>
/// Passes a stream on to a client of the same dialect, byte for byte but for its framing. Each event is read on the way: for
/// usage, and because an event that is no JSON, comes out of order or tells an error must not look like an answer.
/// </summary>
internal sealed class AnthropicCopy : StreamTranslator
{
    private static readonly SearchValues<byte> NameBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_.-"u8);

    private AnthropicUsage _usage;
    private bool _hasBegun;
    private bool _isFinished;

    /// <inheritdoc/>
    public override StreamSignal Translate(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        if (!AnthropicEvent.TryRead(data, ref _usage, out var read))
        {
            return StreamSignal.Malformed;
        }

        Usage = _usage.Tokens;
        if (read.Kind == AnthropicEventKind.Error)
        {
            Error = AnthropicErrors.FromEvent(read.ErrorType, read.Message);
            return StreamSignal.Failed;
        }

        var isOutside = read.Kind is AnthropicEventKind.Ping or AnthropicEventKind.Unknown;
        var isStart = read.Kind == AnthropicEventKind.MessageStart;
        if (!isOutside && isStart == _hasBegun)
        {
            return StreamSignal.Malformed;
        }

        _hasBegun |= isStart;
        _isFinished |= read.Kind == AnthropicEventKind.MessageDelta && read.StopReason is not null;
        if (read.Kind == AnthropicEventKind.MessageStop && !_isFinished)
        {
            return StreamSignal.Malformed;
        }

        WriteEvent(NameOf(name, read.Kind), read.Kind == AnthropicEventKind.MessageDelta ? UsageCost.AddTo(data, CostDollars) : data, output);
        return SignalOf(read);
    }

    /// <inheritdoc/>
    public override bool Complete(IBufferWriter<byte> output)
    {
        // The stop reason comes after all content: with it the answer is whole, though the farewell be missing.
        if (_isFinished)
        {
            WriteEvent("message_stop"u8, "{\"type\":\"message_stop\"}"u8, output);
        }

        return _isFinished;
    }

    // Clients find events by their names, and a name is the one thing that was not read as JSON.
    private static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> told, AnthropicEventKind kind) =>
        told.IsEmpty || told.ContainsAnyExcept(NameBytes) ? AnthropicKinds.NameOf(kind) : told;

    private static StreamSignal SignalOf(in AnthropicEvent read) => read.Kind switch
    {
        AnthropicEventKind.MessageStop => StreamSignal.End,
        AnthropicEventKind.MessageDelta when read.StopReason is not null => StreamSignal.Content,
        AnthropicEventKind.BlockStart or AnthropicEventKind.BlockDelta
            when read.HasText || read.Block is not (AnthropicBlockKind.Text or AnthropicBlockKind.Thinking or AnthropicBlockKind.Input) => StreamSignal.Content,
        _ => StreamSignal.None,
    };

    private static void WriteEvent(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        if (!name.IsEmpty)
        {
            output.Write("event: "u8);
            output.Write(name);
            output.Write("\n"u8);
        }

        output.Write("data: "u8);
        var span = output.GetSpan(data.Length);
        data.CopyTo(span);

        // Several data lines were joined: within JSON a line feed is white space between tokens.
        span[..data.Length].Replace((byte)'\n', (byte)' ');
        output.Advance(data.Length);
        output.Write("\n\n"u8);
    }
}
