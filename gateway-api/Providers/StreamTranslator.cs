using System.Buffers;
using ProxyCluster.Core.Costs;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>
/// Turns the events of one upstream stream into the client's events, one by one. Not thread-safe; made for one stream.
/// The relay around it reads, flushes, keeps time, and writes errors and <c>[DONE]</c>.
/// </summary>
internal abstract class StreamTranslator
{
    /// <summary>Tokens billed, as far as the stream has told; <see langword="null"/>: it has not.</summary>
    public TokenUsage? Usage { get; protected set; }

    /// <summary>After <see cref="StreamSignal.Failed"/>: what the provider said.</summary>
    public UpstreamError? Error { get; protected set; }

    /// <summary>The entry that answers, for what it costs; <see langword="null"/>: cost is not told.</summary>
    public ModelDefinition? Entry { private get; set; }

    /// <summary>What the stream has cost so far, in US dollars; <see langword="null"/>: usage or price are not known.</summary>
    protected decimal? CostDollars => Entry is { } entry && Usage is { } usage ? AnswerCost.DollarsOf(entry, usage) : null;

    /// <summary>Takes one upstream event.</summary>
    /// <param name="name">The <c>event:</c> field; empty: none.</param>
    /// <param name="data">The <c>data:</c> lines, joined; never empty.</param>
    /// <param name="output">
    /// Takes whole client events with their framing (<c>data: …\n\n</c>), never <c>[DONE]</c>.
    /// Events written before the first <see cref="StreamSignal.Content"/> are held until then.
    /// </param>
    public abstract StreamSignal Translate(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data, IBufferWriter<byte> output);

    /// <summary>The upstream has closed its stream. Writes what is still owed to the client.</summary>
    /// <returns><see langword="true"/> when the stream had come to its end; otherwise it was cut.</returns>
    public abstract bool Complete(IBufferWriter<byte> output);

    /// <summary>The stream has broken after its first content. Writes what tells the client so, where that depends on what was written before.</summary>
    /// <param name="refusal">What the client is told.</param>
    /// <param name="output">Takes whole events.</param>
    /// <returns><see langword="false"/>: nothing was written, and the dialect's plain error event is to follow.</returns>
    public virtual bool TellFailure(Refusal refusal, IBufferWriter<byte> output) => false;
}

/// <summary>What an event means to the relay.</summary>
internal enum StreamSignal
{
    /// <summary>Nothing that a client waits for: a role, a ping, metadata.</summary>
    None = 0,

    /// <summary>Content, or the finish: from here on the stream is committed.</summary>
    Content = 1,

    /// <summary>The stream's last event (<c>[DONE]</c>, <c>message_stop</c>); what follows is not read.</summary>
    End = 2,

    /// <summary>An error of the provider, told in <see cref="StreamTranslator.Error"/>.</summary>
    Failed = 3,

    /// <summary>An event that cannot be understood.</summary>
    Malformed = 4,
}
