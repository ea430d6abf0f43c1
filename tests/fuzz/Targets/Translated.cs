using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ProxyCluster.GatewayApi.Messages;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>What every translator owes, however broken its input: whole events, and JSON in each.</summary>
internal static class Translated
{
    private const int MostOutputPerInputByte = 64;
    private const int OutputFloor = 64 * 1024;

    /// <summary>A streamed chat request with usage asked for: the most there is to translate.</summary>
    public static InferenceRequest StreamedChat { get; } = Chat("""{"model":"m","stream":true,"messages":[]}""", stream: true);

    public static InferenceRequest StreamedChatWithoutUsage { get; } = Chat("""{"model":"m","stream":true,"messages":[]}""", stream: true, withUsage: false);

    /// <summary>One whose answer has to be JSON of a schema.</summary>
    public static InferenceRequest StreamedSchema { get; } = Chat(
        """{"model":"m","stream":true,"messages":[{"role":"user","content":"a"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{}}}}""", stream: true);

    public static InferenceRequest WholeChat { get; } = Chat("""{"model":"m","messages":[]}""", stream: false);

    /// <summary>What clients of Anthropic's Messages API ask.</summary>
    public static InferenceRequest StreamedMessage { get; } = Message(stream: true);

    public static InferenceRequest WholeMessage { get; } = Message(stream: false);

    /// <summary>Feeds a stream's text to a translator, event by event, until it has ended, failed or been refused.</summary>
    /// <returns>The path taken: the signals in order, and whether the stream came to its end.</returns>
    public static int Run(StreamTranslator translator, byte[] input) => Run(translator, input.Length, Split(input));

    /// <summary>Feeds events to a translator, one by one, until it has ended, failed or been refused.</summary>
    /// <inheritdoc cref="Run(StreamTranslator, byte[])"/>
    public static int Run(StreamTranslator translator, int inputBytes, IEnumerable<(byte[] Name, byte[] Data)> events)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var path = new HashCode();
        var signals = 0;
        foreach (var (name, data) in events)
        {
            var signal = translator.Translate(name, data, output);
            if (signals++ < 12)
            {
                path.Add(signal);
            }

            if (signal is StreamSignal.End or StreamSignal.Failed or StreamSignal.Malformed)
            {
                break;
            }
        }

        path.Add(translator.Complete(output));
        path.Add(translator.Usage is null);
        MustBeEvents(output.WrittenSpan);
        MustBeBounded(inputBytes, output.WrittenCount);
        return path.ToHashCode();
    }

    /// <summary>Feeds a whole answer, and the same bytes as an error.</summary>
    /// <returns>The path taken.</returns>
    public static int RunWhole(ProviderAdapter adapter, byte[] input)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        var answer = adapter.ReadAnswer(WholeChat, input, output);
        if (answer.Validity == AnswerValidity.Translated)
        {
            MustBeJson(output.WrittenSpan);
        }

        var error = ReadError(adapter, input);
        return HashCode.Combine(answer.Validity, answer.Usage is null, output.WrittenCount / 16, error.Refusal.Code);
    }

    /// <summary>Escapes of half a surrogate pair are let through: a provider may cut a stream between the halves.</summary>
    public static void MustBeJson(ReadOnlySpan<byte> output)
    {
        if (!Utf8.IsValid(output))
        {
            throw new InvalidDataException("The output is not UTF-8.");
        }

        var reader = new Utf8JsonReader(output);
        while (reader.Read())
        {
        }
    }

    // The status is chosen by the first byte.
    private static UpstreamError ReadError(ProviderAdapter adapter, byte[] input)
    {
        var status = 400 + (input.Length == 0 ? 0 : input[0] % 200);
        using var response = new HttpResponseMessage((System.Net.HttpStatusCode)status);
        return adapter.ReadError(status, response.Headers, input);
    }

    private static void MustBeEvents(ReadOnlySpan<byte> output)
    {
        while (!output.IsEmpty)
        {
            var end = output.IndexOf("\n\n"u8);
            if (output.StartsWith("event: "u8) && output.IndexOf((byte)'\n') is var line and > 0 && line < end)
            {
                output = output[(line + 1)..];
                end -= line + 1;
            }

            if (end < 0 || !output.StartsWith("data: "u8))
            {
                throw new InvalidDataException($"The output is not a row of events: {Encoding.UTF8.GetString(output)}");
            }

            MustBeJson(output["data: ".Length..end]);
            output = output[(end + 2)..];
        }
    }

    private static void MustBeBounded(int input, int output)
    {
        if (output > OutputFloor + ((long)input * MostOutputPerInputByte))
        {
            throw new InvalidDataException($"{input} bytes of input became {output} bytes of output.");
        }
    }

    private static IEnumerable<(byte[] Name, byte[] Data)> Split(byte[] input)
    {
        var name = Array.Empty<byte>();
        for (var at = 0; at < input.Length;)
        {
            var end = Array.IndexOf(input, (byte)'\n', at);
            end = end < 0 ? input.Length : end;
            var line = input.AsSpan(at, end - at);
            at = end + 1;
            if (line.StartsWith("event: "u8))
            {
                name = line["event: ".Length..].ToArray();
            }
            else if (line.StartsWith("data: "u8) && line.Length > "data: ".Length)
            {
                yield return (name, line["data: ".Length..].ToArray());
                name = [];
            }
        }
    }

    private static InferenceRequest Chat(string body, bool stream, bool withUsage = true) => new()
    {
        Operation = InferenceOperation.ChatCompletions,
        Body = Encoding.UTF8.GetBytes(body),
        Model = "m",
        ModelToken = 9..12,
        Stream = stream,
        IncludeUsage = stream && withUsage,
    };

    private static InferenceRequest Message(bool stream) => new()
    {
        Operation = InferenceOperation.Messages,
        Dialect = MessagesDialect.Instance,
        Body = Encoding.UTF8.GetBytes("""{"model":"m","messages":[]}"""),
        Model = "m",
        ModelToken = 9..12,
        Stream = stream,
    };
}
