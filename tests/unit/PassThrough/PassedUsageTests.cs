using System.Text;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.PassThrough;

namespace ProxyCluster.Tests.Unit.PassThrough;

/// <summary>What answers that nobody reads tell of their tokens, wherever they are cut into pieces.</summary>
public sealed class PassedUsageTests
{
    [Theory]
    [InlineData("""{"created":1,"data":[{"b64_json":"aGVsbG8="}],"usage":{"total_tokens":70,"input_tokens":50,"output_tokens":20,"input_tokens_details":{"text_tokens":10,"image_tokens":40}}}""", 50, 20)]
    [InlineData("""{"text":"Hi","usage":{"type":"tokens","input_tokens":14,"output_tokens":45,"total_tokens":59}}""", 14, 45)]
    [InlineData("""{ "usage" : { "total_tokens" : 815 } , "results" : [ ] }""", 815, 0)]
    [InlineData("""{"results":[],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1},"tokens":{"input_tokens":9,"output_tokens":2}}}""", 9, 2)]
    [InlineData("event: a\ndata: {\"type\":\"speech.audio.delta\",\"audio\":\"xx\"}\n\nevent: b\ndata: {\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":3,\"output_tokens\":4}}\n\n", 3, 4)]
    public void Usage_OfAnAnswer_IsFoundHoweverItIsCut(string answer, long prompt, long completion)
    {
        var bytes = Encoding.UTF8.GetBytes(answer);
        for (var size = 1; size <= bytes.Length; size++)
        {
            var usage = new PassedUsage();
            foreach (var piece in bytes.Chunk(size))
            {
                usage.Read(piece);
            }

            Assert.Equal(new TokenUsage(prompt, 0, 0, completion, 0), usage.Found);
        }
    }

    [Theory]
    [InlineData("""{"text":"\"usage\":{\"input_tokens\":5}"}""")]
    [InlineData("""{"results":[{"usage":{"input_tokens":5}}]}""")]
    [InlineData("""{"a":"usage","b":{"input_tokens":5}}""")]
    [InlineData("""["usage",{"input_tokens":5}]""")]
    [InlineData("""{"usage":"input_tokens","c":{"input_tokens":5}}""")]
    [InlineData("""{"usage":{"type":"duration","seconds":12}}""")]
    [InlineData("""{"usage":{"input_tokens":}}""")]
    [InlineData("""{"usage":{"input_tokens":-5}}""")]
    [InlineData("""{"usage":{"input_tokens":5""")]
    [InlineData("plain words, \"usage\":{ and no end")]
    [InlineData("")]
    public void Usage_ThatIsNone_IsNotFound(string answer)
    {
        var usage = new PassedUsage();

        usage.Read(Encoding.UTF8.GetBytes(answer));

        Assert.Null(usage.Found);
    }

    [Fact]
    public void Usage_LongerThanAnyIs_IsPassedOverAndTheNextIsFound()
    {
        var usage = new PassedUsage();

        usage.Read(Encoding.UTF8.GetBytes($$$"""{"usage":{"input_tokens":5,"x":"{{{new string('a', 10_000)}}}"}}{"usage":{"input_tokens":7}}"""));

        Assert.Equal(7, usage.Found?.Prompt);
    }
}
