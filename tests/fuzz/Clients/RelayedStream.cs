using Microsoft.AspNetCore.Http;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.Tests.Fuzz.Clients;

/// <summary>A provider's stream carried to a client by the product's own relay.</summary>
/// <param name="Result">How the relay says that it ended.</param>
/// <param name="Sent">What the client got; nothing, where another provider could be asked.</param>
/// <param name="View">What the client made of it.</param>
internal sealed record RelayedStream(AttemptResult Result, byte[] Sent, ClientView View)
{
    private const int MaxEventBytes = 256 * 1024;
    private const int MostOutputPerInputByte = 64;
    private const int OutputFloor = 64 * 1024;

    private static readonly RelayLimits Limits = new(MaxEventBytes, TimeSpan.Zero);

    /// <summary>Whether the relay calls the stream complete.</summary>
    public bool IsComplete => Result.Outcome == AttemptOutcome.Succeeded;

    /// <summary>Carries a stream, in one piece and in many.</summary>
    /// <param name="adapter">Whose stream.</param>
    /// <param name="request">Who asked.</param>
    /// <param name="stream">The provider's bytes.</param>
    /// <param name="isCopied">The client gets the provider's own events, which may be odd.</param>
    /// <exception cref="InvalidDataException">The pieces make a difference, or the client gets what no client may.</exception>
    public static RelayedStream Run(ProviderAdapter adapter, InferenceRequest request, byte[] stream, bool isCopied)
    {
        var whole = Run(adapter, request, stream, stream.Length, isCopied);
        var pieceBytes = Pieces.BytesOf(stream);
        var cut = Run(adapter, request, stream, pieceBytes, isCopied);
        if (whole.Result.Outcome != cut.Result.Outcome || whole.Sent.Length != cut.Sent.Length)
        {
            throw new InvalidDataException(
                $"In pieces of {pieceBytes} bytes the stream ends otherwise: {whole.Result.Outcome} after {whole.Sent.Length} bytes, {cut.Result.Outcome} after {cut.Sent.Length}.");
        }

        whole.View.MustAgreeWith(cut.View, "Clients of one piece and of many");
        return whole;
    }

    private static RelayedStream Run(ProviderAdapter adapter, InferenceRequest request, byte[] stream, int pieceBytes, bool isCopied)
    {
        using var sent = new MemoryStream();
        using var scratch = new RequestScratch(Clock.Still);
        var context = new DefaultHttpContext();
        context.Response.Body = sent;
        var exchange = new Exchange(context, request.Operation, scratch, Clock.Still) { RequestId = "r", Region = "x", Request = request };
        scratch.Timer.Begin(TimeSpan.FromHours(1), default);
        using var upstream = new PieceStream(stream, Math.Max(1, pieceBytes));
        var translator = adapter.CreateStream(request);
        using var relay = new StreamRelay(exchange, translator, adapter.CreateEventReader(MaxEventBytes), ProviderTimeouts.Default, Limits);
        var result = relay.RunAsync(upstream, Clock.Still.GetTimestamp()).AsTask().GetAwaiter().GetResult();
        scratch.Timer.End();
        Sound.Usage(translator.Usage);

        var bytes = sent.ToArray();
        if (bytes.Length > OutputFloor + ((long)stream.Length * MostOutputPerInputByte))
        {
            throw new InvalidDataException($"{stream.Length} bytes of the provider became {bytes.Length} bytes for the client.");
        }

        var view = Read(request.Operation, bytes, isCopied);
        var isComplete = result.Outcome == AttemptOutcome.Succeeded;
        if (view.IsComplete != isComplete || view.IsBroken != (bytes.Length > 0 && !isComplete))
        {
            throw new InvalidDataException(
                $"The relay ends with {result.Outcome}, and the client is told that the answer is {(view.IsComplete ? "complete" : view.IsBroken ? "broken" : "not over")}.");
        }

        return new RelayedStream(result, bytes, view);
    }

    private static ClientView Read(InferenceOperation operation, byte[] sent, bool isCopied) => operation switch
    {
        InferenceOperation.Messages => isCopied ? MessagesClient.ReadCopied(sent) : MessagesClient.ReadStream(sent),
        InferenceOperation.Responses => isCopied ? ResponsesClient.ReadCopied(sent) : ResponsesClient.ReadStream(sent),
        _ => isCopied ? ChatClient.ReadCopied(sent) : ChatClient.ReadStream(sent),
    };
}
