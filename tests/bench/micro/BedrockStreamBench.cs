using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using BenchmarkDotNet.Attributes;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.Bedrock;

namespace ProxyCluster.Bench.Micro;

/// <summary>A stream of 50 pieces of text from Bedrock's bytes to an OpenAI client's, an event. Target: at most 600 bytes and 5 µs an event.</summary>
public class BedrockStreamBench
{
    private const int Events = 50;

    private readonly BedrockAdapter _adapter = new(TimeProvider.System);
    private readonly ArrayBufferWriter<byte> _output = new(64 * 1024);
    private InferenceRequest? _request;
    private byte[] _stream = [];

    [GlobalSetup]
    public void Setup()
    {
        var stream = new List<byte>();
        stream.AddRange(Message("messageStart", """{"p":"abcdefghij","role":"assistant"}"""));
        for (var i = 0; i < Events; i++)
        {
            stream.AddRange(Message(
                "contentBlockDelta", string.Create(CultureInfo.InvariantCulture, $$$"""{"contentBlockIndex":0,"delta":{"text":" word {{{i}}}"},"p":"abcdefghijklmnopqrstuvw"}""")));
        }

        _stream = [.. stream];
        _request = new InferenceRequest
        {
            Operation = InferenceOperation.ChatCompletions,
            Body = "{}"u8.ToArray(),
            Model = "claude",
            ModelToken = default,
            Stream = true,
        };
    }

    [Benchmark(OperationsPerInvoke = Events)]
    public int Translate()
    {
        _output.ResetWrittenCount();
        using var events = _adapter.CreateEventReader(4 * 1024 * 1024);
        StreamReplay.Run(_stream, events, _adapter.CreateStream(_request!), _output);
        return _output.WrittenCount;
    }

    private static byte[] Message(string name, string data)
    {
        byte[] headers =
        [
            .. "\u000b:event-type"u8, 7, 0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name),
            .. "\u000d:content-type"u8, 7, 0, 16, .. "application/json"u8,
            .. "\u000d:message-type"u8, 7, 0, 5, .. "event"u8,
        ];
        var payload = Encoding.ASCII.GetBytes(data);
        var message = new byte[16 + headers.Length + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(8), Crc32.HashToUInt32(message.AsSpan(0, 8)));
        headers.CopyTo(message, 12);
        payload.CopyTo(message, 12 + headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(message.Length - 4), Crc32.HashToUInt32(message.AsSpan(0, message.Length - 4)));
        return message;
    }
}
