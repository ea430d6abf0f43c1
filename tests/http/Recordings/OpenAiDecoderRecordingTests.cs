using System.Buffers;
using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>
/// What clients of other dialects get from servers in OpenAI's dialect: read into the form of no dialect and, so that it
/// can be judged, written as Chat Completions again.
/// </summary>
public sealed class OpenAiDecoderRecordingTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_780_000_000);

    public static TheoryData<string> Whole => RecordingCatalog.Ids(static r => r.Api == "openai" && !r.IsStream && !r.IsError);

    public static TheoryData<string> Streams => RecordingCatalog.Ids(static r => r.Api == "openai" && r.IsStream && !r.IsError);

    [Theory]
    [MemberData(nameof(Whole))]
    public void WholeAnswer_ReadAndWrittenAgain_ShowsTheClientWhatItMust(string id)
    {
        var recording = RecordingCatalog.All[id];
        var request = RecordedProvider.RequestOf(recording);
        var usage = OpenAiAnswer.Read(InferenceOperation.ChatCompletions, recording.Body).Usage;
        var output = new ArrayBufferWriter<byte>();

        ChatDialect.Instance.WriteAnswer(OpenAiAnswerReader.Read(recording.Body, usage)!, request, Now, output);

        Assert.Empty(Expectation.CompareTranslated(recording, ClientView.OfWhole(output.WrittenSpan)));
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_ReadAndWrittenAgain_ShowsTheClientWhatItMust(string id)
    {
        var recording = RecordingCatalog.All[id];
        var output = new ArrayBufferWriter<byte>();

        Decode(recording, output);

        Assert.Empty(Expectation.CompareTranslated(recording, ClientView.OfStream(output.WrittenSpan)));
    }

    private static void Decode(Recording recording, ArrayBufferWriter<byte> output)
    {
        var decoder = new OpenAiDecoder(new ChatAnswerStream(RecordedProvider.RequestOf(recording), Now));
        using var reader = new SseReader(4 * 1024 * 1024);
        for (ReadOnlyMemory<byte> rest = recording.Body; rest.Length > 0;)
        {
            var room = reader.GetMemory();
            var count = Math.Min(room.Length, rest.Length);
            rest[..count].CopyTo(room);
            reader.Advance(count);
            rest = rest[count..];
            while (reader.TryRead())
            {
                var signal = decoder.Translate(reader.Name, reader.Data, output);
                if (signal == StreamSignal.End)
                {
                    output.Write(ChatDialect.Instance.StreamEnd.Span);
                    return;
                }

                if (signal is StreamSignal.Failed or StreamSignal.Malformed)
                {
                    Break(decoder, output);
                    return;
                }
            }
        }

        if (decoder.Complete(output))
        {
            output.Write(ChatDialect.Instance.StreamEnd.Span);
        }
        else
        {
            Break(decoder, output);
        }
    }

    private static void Break(OpenAiDecoder decoder, ArrayBufferWriter<byte> output) =>
        ChatDialect.Instance.WriteStreamError(decoder.Error?.Refusal ?? Refusals.StreamInterrupted(), "", output);
}
