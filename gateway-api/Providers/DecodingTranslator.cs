using System.Buffers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>A translator that reads a provider's events and says what they mean to a writer of the client's dialect.</summary>
internal abstract class DecodingTranslator(AnswerStream client) : StreamTranslator
{
    private bool _ended;

    /// <summary>Writes for the client.</summary>
    protected AnswerStream Client => client;

    /// <summary>The provider has told why the answer ended: with that it is whole, though the farewell be missing.</summary>
    protected abstract bool IsWhole { get; }

    /// <inheritdoc/>
    public sealed override StreamSignal Translate(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        client.Output = output;
        return Decode(name, data);
    }

    /// <inheritdoc/>
    public sealed override bool Complete(IBufferWriter<byte> output)
    {
        client.Output = output;
        return IsWhole && End() == StreamSignal.End;
    }

    /// <inheritdoc/>
    public sealed override bool TellFailure(Refusal refusal, IBufferWriter<byte> output)
    {
        client.Output = output;
        return client.Fail(refusal);
    }

    /// <summary>Reads one event.</summary>
    /// <param name="name">The event's name; empty: none.</param>
    /// <param name="data">Its data, never empty.</param>
    protected abstract StreamSignal Decode(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data);

    /// <summary>Called once before the client's stream ends, for what cannot be told earlier.</summary>
    protected virtual void WriteFinish()
    {
    }

    /// <summary>Ends the client's stream, if the answer is whole.</summary>
    protected StreamSignal End()
    {
        if (!IsWhole)
        {
            return StreamSignal.Malformed;
        }

        if (!_ended)
        {
            _ended = true;
            WriteFinish();
            client.CostDollars = CostDollars;
            client.End(Usage);
        }

        return StreamSignal.End;
    }
}
