using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.Tests.Http.Recordings;

namespace ProxyCluster.Tests.Http.Makeshift;

/// <summary>Whole answers of real providers, replayed as streams: folded again they say the same.</summary>
public sealed class ReplayedRecordingTests
{
    public static TheoryData<string> Chats => RecordingCatalog.Ids(static r => r.Api == "openai" && !r.IsStream && !r.IsError);

    public static TheoryData<string> Messages => RecordingCatalog.Ids(static r => r.Api == "anthropic" && !r.IsStream && !r.IsError);

    public static TheoryData<string> Responses => RecordingCatalog.Ids(static r => r.Api == "openai-responses" && !r.IsStream && !r.IsError);

    [Theory]
    [MemberData(nameof(Chats))]
    public void Chat_Replayed_FoldsToTheSame(string id)
    {
        var body = RecordingCatalog.All[id].Body;
        var whole = ClientView.OfWhole(body);

        var view = ClientView.OfStream(Replay(InferenceOperation.ChatCompletions, body));

        Assert.Empty(view.Faults.Except(whole.Faults));
        Assert.Equal((whole.Text, whole.Reasoning, whole.Refusal, whole.FinishReason), (view.Text, view.Reasoning, view.Refusal, view.FinishReason));
        Assert.Equal(whole.ToolCalls.Select(static call => (call.Id, call.Name, Arguments: call.Arguments?.ToJsonString())), view.ToolCalls.Select(static call => (call.Id, call.Name, Arguments: call.Arguments?.ToJsonString())));
        Assert.True(JsonNode.DeepEquals(whole.Usage, view.Usage));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_Replayed_FoldsToTheSame(string id)
    {
        var body = RecordingCatalog.All[id].Body;

        var folded = JsonNode.Parse(MessageFolder.Fold(Replay(InferenceOperation.Messages, body)))!;

        Assert.True(JsonNode.DeepEquals(WithoutUnfolded(JsonNode.Parse(body)!), WithoutUnfolded(folded)), folded.ToJsonString());
    }

    [Theory]
    [MemberData(nameof(Responses))]
    public void Response_Replayed_FoldsToTheSame(string id)
    {
        var body = RecordingCatalog.All[id].Body;

        var view = ResponsesView.OfStream(Replay(InferenceOperation.Responses, body));

        Assert.Empty(view.Faults);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(body), view.Response));
    }

    // The folder does not take signatures and citations together.
    private static JsonNode WithoutUnfolded(JsonNode message)
    {
        foreach (var block in message["content"]!.AsArray().Select(static block => block!.AsObject()))
        {
            block.Remove("signature");
            block.Remove("citations");
        }

        return message;
    }

    private static byte[] Replay(InferenceOperation operation, byte[] body)
    {
        var dialect = ClientDialects.Of(operation);
        var request = new InferenceRequest
        {
            Operation = operation,
            Dialect = dialect,
            Body = default,
            Model = "m",
            ModelToken = default,
            Stream = true,
            IncludeUsage = true,
        };
        var output = new ArrayBufferWriter<byte>();

        Assert.True(dialect.Replay(body, request, output), Encoding.UTF8.GetString(body));

        output.Write(dialect.StreamEnd.Span);
        return output.WrittenSpan.ToArray();
    }
}
