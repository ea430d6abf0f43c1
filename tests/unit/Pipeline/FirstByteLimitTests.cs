using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Pipeline;

public sealed class FirstByteLimitTests
{
    private static readonly ProviderTimeouts Usual = ProviderTimeouts.Default;

    [Fact]
    public void Stream_HasTheTimeToItsFirstEvent_WhateverItsLength() =>
        Assert.Equal(TimeSpan.FromSeconds(30), Limit(InferenceOperation.ChatCompletions, wanted: 1000, stream: true));

    [Theory]
    [InlineData(nameof(InferenceOperation.ChatCompletions), 50, 0, 1, 40)]
    [InlineData(nameof(InferenceOperation.Messages), 50, 0, 1, 40)]
    [InlineData(nameof(InferenceOperation.Responses), 0, 50, 1, 40)]
    [InlineData(nameof(InferenceOperation.ChatCompletions), 1000, 50, 1, 40)]
    [InlineData(nameof(InferenceOperation.ChatCompletions), 50, 1000, 1, 40)]
    [InlineData(nameof(InferenceOperation.ChatCompletions), 50, 0, 3, 60)]
    [InlineData(nameof(InferenceOperation.Completions), 50, 0, int.MaxValue, 600)]
    [InlineData(nameof(InferenceOperation.ChatCompletions), 0, 0, 1, 600)] // no limit is made up: …
    [InlineData(nameof(InferenceOperation.ChatCompletions), 0, 4096, 1, 600)] // … this one would change nothing,
    [InlineData(nameof(InferenceOperation.ChatCompletions), 0, 2048, 1, 439.6)] // and this one would cut off answers
    [InlineData(nameof(InferenceOperation.Embeddings), 0, 8191, 1, 30)]
    [InlineData(nameof(InferenceOperation.ImageGenerations), 50, 50, 1, 600)]
    [InlineData(nameof(InferenceOperation.Speech), 0, 0, 1, 600)]
    public void WholeAnswer_HasTheTimeOfAllThatItMayHold(
        string operation, int wanted, int most, int choices, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Limit(Enum.Parse<InferenceOperation>(operation), wanted, most, choices));

    [Fact]
    public void Embeddings_HaveTheTimeOfTheirInputs() =>
        Assert.Equal(TimeSpan.FromSeconds(32), Limit(InferenceOperation.Embeddings, wanted: 0, bodyBytes: 8000));

    private static TimeSpan Limit(
        InferenceOperation operation, int wanted, int most = 0, int choices = 1, bool stream = false, int bodyBytes = 0)
    {
        var form = new InferenceRequest
        {
            Operation = operation,
            Body = new byte[bodyBytes],
            Model = "m",
            ModelToken = 0..0,
            MaxOutputTokens = wanted,
            Choices = choices,
            Stream = stream,
        };
        return FirstByteLimit.Of(form, new ModelDefinition { Id = "m", MaxOutputTokens = most }, Usual);
    }
}
