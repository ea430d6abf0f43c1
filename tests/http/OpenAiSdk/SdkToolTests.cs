using System.Text;
using System.Text.Json.Nodes;
using OpenAI.Chat;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.OpenAiSdk;

public sealed class SdkToolTests(GatewayFixture gateway) : SdkTest(gateway)
{
    private static readonly BinaryData Schema = BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}""");

    private static ChatCompletionOptions Tools => new()
    {
        Tools = { ChatTool.CreateFunctionTool("weather", "Tells the weather", Schema), ChatTool.CreateFunctionTool("time", "Tells the time", Schema) },
    };

    [Theory, MemberData(nameof(ChatModels))]
    public async Task Tools_WholeParallelCalls_CarryIdsNamesAndArguments(string model)
    {
        ChatCompletion answer = await Sdk.GetChatClient(model).CompleteChatAsync([new UserChatMessage("Weather and time?")], Tools, Cancel);

        Assert.Equal(ChatFinishReason.ToolCalls, answer.FinishReason);
        Assert.Equal(["weather", "time"], answer.ToolCalls.Select(call => call.FunctionName));
        Assert.Equal(["Paris", "Zürich"], answer.ToolCalls.Select(call => (string?)JsonNode.Parse(call.FunctionArguments)!["city"]));
        Assert.Equal(2, answer.ToolCalls.Select(call => call.Id).Distinct().Count());
    }

    [Theory, MemberData(nameof(ChatModels))]
    public async Task Tools_StreamedParallelCalls_FoldToTheWholeOnes(string model)
    {
        var calls = new SortedDictionary<int, (string? Id, string? Name, StringBuilder Arguments)>();
        ChatFinishReason? finish = null;
        await foreach (var update in Sdk.GetChatClient(model).CompleteChatStreamingAsync([new UserChatMessage("Weather and time?")], Tools, Cancel))
        {
            finish = update.FinishReason ?? finish;
            foreach (var call in update.ToolCallUpdates)
            {
                var known = calls.GetValueOrDefault(call.Index, (null, null, new StringBuilder()));
                Assert.True(known.Id is null || call.ToolCallId is null, "A call's id is told once.");
                known.Arguments.Append(call.FunctionArgumentsUpdate);
                calls[call.Index] = (known.Id ?? call.ToolCallId, known.Name ?? call.FunctionName, known.Arguments);
            }
        }

        Assert.Equal(ChatFinishReason.ToolCalls, finish);
        Assert.Equal(["weather", "time"], calls.Values.Select(call => call.Name));
        Assert.Equal(["Paris", "Zürich"], calls.Values.Select(call => (string?)JsonNode.Parse(call.Arguments.ToString())!["city"]));
        Assert.All(calls.Values, call => Assert.False(string.IsNullOrEmpty(call.Id)));
    }

    [Theory, MemberData(nameof(ChatModels))]
    public async Task Tools_ResultsSentBack_AreAnsweredWithText(string model)
    {
        var client = Sdk.GetChatClient(model);
        ChatCompletion asked = await client.CompleteChatAsync([new UserChatMessage("Weather and time?")], Tools, Cancel);
        List<ChatMessage> conversation = [new UserChatMessage("Weather and time?"), new AssistantChatMessage(asked)];
        conversation.AddRange(asked.ToolCalls.Select(call => new ToolChatMessage(call.Id, "fine")));

        ChatCompletion answer = await client.CompleteChatAsync(conversation, Tools, Cancel);

        Assert.Equal("Hello from the scripted upstream.", answer.Content[0].Text);
        var sent = First.Requests[^1].Text;
        Assert.All(asked.ToolCalls, call => Assert.Contains(call.Id, sent, StringComparison.Ordinal));
    }
}
