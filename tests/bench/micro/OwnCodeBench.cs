using System.Buffers;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.AI;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OwnCode;

namespace ProxyCluster.Bench.Micro;

/// <summary>
/// A stream of 200 texts of an extension's code to an OpenAI client's bytes, an event: written as a piece and read again.
/// Target: at most 600 bytes and 5 µs. With <c>client</c> the updates of a client of Microsoft.Extensions.AI are read as well.
/// </summary>
public class OwnCodeBench
{
    private const int Events = 200;

    private static readonly ChatResponseUpdate[] Updates = [.. Enumerable.Range(0, Events).Select(static _ => new ChatResponseUpdate(ChatRole.Assistant, " word"))];

    private readonly ArrayBufferWriter<byte> _pieces = new(64 * 1024);
    private readonly ArrayBufferWriter<byte> _output = new(128 * 1024);
    private readonly InferenceRequest _request = new()
    {
        Operation = InferenceOperation.ChatCompletions,
        Body = default,
        Model = "m",
        ModelToken = default,
        Stream = true,
    };

    [Params("adapter", "client")]
    public string Code { get; set; } = "";

    [Benchmark(OperationsPerInvoke = Events)]
    public int Translate()
    {
        _pieces.ResetWrittenCount();
        _output.ResetWrittenCount();
        using var writer = new PieceWriter(_pieces);
        if (Code == "adapter")
        {
            for (var i = 0; i < Events; i++)
            {
                writer.Write(AnswerPiece.Text(" word"));
            }
        }
        else
        {
            var reader = new ChatUpdateReader();
            foreach (var update in Updates)
            {
                foreach (var piece in reader.Read(update))
                {
                    writer.Write(piece);
                }
            }
        }

        writer.Write(AnswerPiece.Finish(ChatFinishReason.Stop));
        var answer = new PieceReader(_request.Dialect.CreateStream(_request, DateTimeOffset.UnixEpoch));
        return answer.ReadAll(_pieces.WrittenSpan, _output) ? _output.WrittenCount : throw new InvalidDataException("An event was not understood.");
    }
}
