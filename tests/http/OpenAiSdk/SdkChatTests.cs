using OpenAI.Chat;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.OpenAiSdk;

public sealed class SdkChatTests(GatewayFixture gateway) : SdkTest(gateway)
{
    [Theory, MemberData(nameof(ChatModels))]
    public async Task Chat_Whole_AnswersWithTextFinishAndUsage(string model)
    {
        ChatCompletion answer = await Sdk.GetChatClient(model).CompleteChatAsync(
            [new SystemChatMessage("Be brief."), new UserChatMessage("Hello")], cancellationToken: Cancel);

        Assert.Equal("Hello from the scripted upstream.", answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal((11, 7, 18), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount, answer.Usage.TotalTokenCount));
    }

    [Theory, MemberData(nameof(ChatModels))]
    public async Task Chat_Streamed_SaysWhatTheWholeAnswerSays(string model)
    {
        var text = "";
        ChatFinishReason? finish = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in Sdk.GetChatClient(model).CompleteChatStreamingAsync([new UserChatMessage("Hello")], cancellationToken: Cancel))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            finish = update.FinishReason ?? finish;
            usage = update.Usage ?? usage;
        }

        Assert.Equal("Hello from the scripted upstream.", text);
        Assert.Equal(ChatFinishReason.Stop, finish);

        // The client asks for usage in every stream.
        Assert.Equal((11, 7), (usage!.InputTokenCount, usage.OutputTokenCount));
    }

    [Theory, MemberData(nameof(ChatModels))]
    public async Task Chat_StreamOfSplitCharacters_ArrivesWhole(string model)
    {
        First.Behaviour = new() { Text = "Grüße 👋 aus Zürich 東京", SplitBytes = 1 };
        var text = "";
        await foreach (var update in Sdk.GetChatClient(model).CompleteChatStreamingAsync([new UserChatMessage("Hello")], cancellationToken: Cancel))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        }

        Assert.Equal("Grüße 👋 aus Zürich 東京", text);
    }
}
