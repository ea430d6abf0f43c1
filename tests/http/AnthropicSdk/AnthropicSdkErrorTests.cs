using Anthropic.Exceptions;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.AnthropicSdk;

public sealed class AnthropicSdkErrorTests(GatewayFixture gateway) : AnthropicSdkTest(gateway)
{
    [Theory]
    [InlineData(400, typeof(AnthropicBadRequestException), 400)]
    [InlineData(401, typeof(Anthropic5xxException), 502)]
    [InlineData(429, typeof(AnthropicRateLimitException), 429)]
    [InlineData(500, typeof(Anthropic5xxException), 502)]
    [InlineData(503, typeof(Anthropic5xxException), 502)]
    public async Task Error_OfAnOpenAiServer_HasTheClientsException(int upstream, Type exception, int status)
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, new Behaviour { Status = upstream });

        await AssertFailsAsync(pair.OnlyFirst, exception, status);
    }

    [Theory]
    [InlineData(400, typeof(AnthropicBadRequestException), 400)]
    [InlineData(429, typeof(AnthropicRateLimitException), 429)]
    [InlineData(529, typeof(Anthropic5xxException), 529)]
    public async Task Error_OfAnthropic_HasTheClientsException(int upstream, Type exception, int status)
    {
        First.Next(new Behaviour { Status = upstream });

        await AssertFailsAsync(GatewayFixture.AnthropicModel, exception, status);
    }

    [Fact]
    public Task Error_OfTheGateway_HasTheClientsException() => AssertFailsAsync("no-such-model", typeof(AnthropicNotFoundException), 404);

    [Fact]
    public async Task Stream_ThatBreaksOff_ThrowsAfterItsText()
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, new Behaviour { CutAfterEvents = 3 });
        var text = "";

        await Assert.ThrowsAnyAsync<AnthropicException>(async () =>
        {
            await foreach (var told in Sdk.Messages.CreateStreaming(Ask(pair.OnlyFirst), Cancel))
            {
                text += told.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece) ? piece.Text : "";
            }
        });

        Assert.Equal("Hello from", text);
    }

    private async Task AssertFailsAsync(string model, Type exception, int status)
    {
        var fault = await Assert.ThrowsAnyAsync<AnthropicApiException>(() => Sdk.Messages.Create(Ask(model), Cancel));

        Assert.IsAssignableFrom(exception, fault);
        Assert.Equal(status, (int)fault.StatusCode);
        Assert.False(string.IsNullOrEmpty(fault.RequestID));
    }
}
