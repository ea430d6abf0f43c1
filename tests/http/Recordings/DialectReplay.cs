using System.Buffers;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>Plays a provider's bytes for a client of any dialect, and gives back what that client sees in the words of Chat Completions.</summary>
internal static class DialectReplay
{
    /// <summary>Plays a whole answer; <see langword="null"/>: it is none.</summary>
    public static ClientView? Whole(Inbound inbound, Recording recording, ReadOnlyMemory<byte> body)
    {
        var output = new ArrayBufferWriter<byte>();
        var answer = RecordedProvider.AdapterOf(recording).ReadAnswer(RequestOf(inbound, recording with { IsStream = false }), body, output);
        return answer.Validity switch
        {
            AnswerValidity.Verbatim => ViewOfWhole(inbound, body.Span),
            AnswerValidity.Translated => ViewOfWhole(inbound, output.WrittenSpan),
            _ => null,
        };
    }

    /// <summary>Plays a stream to its end.</summary>
    public static ClientView Stream(Inbound inbound, Recording recording, ReadOnlyMemory<byte> body)
    {
        var adapter = RecordedProvider.AdapterOf(recording);
        var request = RequestOf(inbound, recording with { IsStream = true });
        var output = Relayed.Stream(adapter.CreateStream(request), adapter, request.Dialect, body);
        switch (inbound)
        {
            case Inbound.Responses:
                return ResponsesView.OfStream(output).ToChat();
            case Inbound.Messages:
                var view = MessagesView.OfStream(output);
                Assert.Equal(view.Error is null, view.IsStopped);
                return view.ToChat();
            default:
                return ClientView.OfStream(output);
        }
    }

    private static ClientView ViewOfWhole(Inbound inbound, ReadOnlySpan<byte> body) => inbound switch
    {
        Inbound.Responses => ClientView.OfWhole(ResponsesView.ToChat(JsonNode.Parse(body)!.AsObject())),
        Inbound.Messages => MessagesView.ToChat(JsonNode.Parse(body)!.AsObject()),
        _ => ClientView.OfWhole(body),
    };

    private static InferenceRequest RequestOf(Inbound inbound, Recording recording) => inbound switch
    {
        Inbound.Responses => ResponsesReplay.RequestOf(recording, recording.IsStream),
        Inbound.Messages => MessagesReplay.RequestOf(recording),
        _ => RecordedProvider.RequestOf(recording),
    };
}
