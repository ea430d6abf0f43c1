using System.Text;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Telemetry;

namespace ProxyCluster.Tests.Unit.Telemetry;

public sealed class AnsweringModelTests
{
    [Theory]
    [InlineData("""{"id":"c","choices":[{"message":{"content":"x","model":"inner"}}],"model":"gpt-4o-2024-08-06"}""", "gpt-4o-2024-08-06")]
    [InlineData("""{"type":"message_start","message":{"id":"m","content":[{"model":"no"}],"model":"claude-x"}}""", "claude-x")]
    [InlineData("""{"type":"response.created","response":{"model":"o3"}}""", "o3")]
    [InlineData("""{"candidates":[],"modelVersion":"gemini-2.0-flash"}""", "gemini-2.0-flash")]
    [InlineData("""{"model":"","choices":[]}""", null)]
    [InlineData("""{"model":7}""", null)]
    [InlineData("""{"message":"model"}""", null)]
    [InlineData("""{"model":"half""", null)]
    [InlineData("[DONE]", null)]
    [InlineData("", null)]
    public void Model_OfAnAnswer_IsFoundWhereItsProviderTellsIt(string json, string? expected) =>
        Assert.Equal(expected, AnsweringModel.Find(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Model_WithAVeryLongName_IsNotTaken() =>
        Assert.Null(AnsweringModel.Find(Encoding.UTF8.GetBytes($$"""{"model":"{{new string('x', 1000)}}"}""")));

    [Fact]
    public void Operations_EachHaveAName() => Assert.Equal(
        [
            "chat", "text_completion", "embeddings", "chat", "chat",
            "images_generations", "audio_speech", "audio_transcriptions", "audio_translations", "moderations", "rerank", "messages_count_tokens", "routing_explain",
            "text_completion", "context_condense",
        ],
        Enum.GetValues<InferenceOperation>().Select(GenAiNames.OperationOf));
}
