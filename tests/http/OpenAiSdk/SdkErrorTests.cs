using System.ClientModel;
using OpenAI.Chat;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.OpenAiSdk;

/// <summary>The client throws what it would throw at OpenAI itself, with the gateway's code in the message.</summary>
public sealed class SdkErrorTests(GatewayFixture gateway) : SdkTest(gateway)
{
    [Theory]
    [InlineData(400, 400)]
    [InlineData(401, 502)]
    [InlineData(403, 502)]
    [InlineData(404, 404)]
    [InlineData(429, 429)]
    [InlineData(500, 502)]
    [InlineData(503, 502)]
    public async Task Error_OfTheOnlyProvider_HasTheStatusOfTheTable(int upstream, int expected)
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, new() { Status = upstream });

        var fault = await Assert.ThrowsAsync<ClientResultException>(async () => await Sdk.GetChatClient(pair.OnlyFirst).CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: Cancel));

        Assert.Equal(expected, fault.Status);
    }

    [Fact]
    public async Task Error_UnknownModel_SaysModelNotFound()
    {
        var fault = await Assert.ThrowsAsync<ClientResultException>(async () => await Sdk.GetChatClient("no-such-model").CompleteChatAsync([new UserChatMessage("Hello")], cancellationToken: Cancel));

        Assert.Equal(404, fault.Status);
        Assert.Contains("model_not_found", fault.Message, StringComparison.Ordinal);
        Assert.Contains("no-such-model", fault.Message, StringComparison.Ordinal);
    }

    // The .NET client reads an error event as an update without choices and throws only at a broken connection; an
    // application that checks the finish reason, as it must with OpenAI itself, sees the cut.
    [Fact]
    public async Task Error_CutStream_NeverFinishes()
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, new() { CutAfterEvents = 3 });
        var text = "";
        ChatFinishReason? finish = null;

        await foreach (var update in Sdk.GetChatClient(pair.OnlyFirst).CompleteChatStreamingAsync([new UserChatMessage("Hello")], cancellationToken: Cancel))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            finish = update.FinishReason ?? finish;
        }

        Assert.Equal("Hello from", text);
        Assert.Null(finish);
    }
}
