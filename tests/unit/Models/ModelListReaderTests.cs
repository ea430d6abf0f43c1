using System.Text;
using ProxyCluster.GatewayApi.Models;

namespace ProxyCluster.Tests.Unit.Models;

public sealed class ModelListReaderTests
{
    [Theory]
    [InlineData("""{"object":"list","data":[{"id":"b","object":"model"},{"id":"a"},{"id":"a"}]}""")] // OpenAI, Anthropic
    [InlineData("""[{"id":"a"},{"id":"b"}]""")] // Together
    [InlineData("""{"models":[{"name":"models/a"},{"name":"models/b"}]}""")] // Gemini
    [InlineData("""{"models":[{"name":"a"},{"name":"b"}]}""")] // Cohere, Ollama
    [InlineData("""{"modelSummaries":[{"modelId":"a","modelName":"A"},{"modelId":"b"}]}""")] // Bedrock
    [InlineData("""{"publisherModels":[{"name":"publishers/google/models/a","versionId":"1"},{"name":"publishers/google/models/b"}]}""")] // Vertex AI
    [InlineData("""{"data":[{"id":"a"},{"id":7},null,{"id":""},{"id":"b"},{"id":"with blank"}]}""")]
    public void List_InEachKnownShape_GivesItsNames(string body) => Assert.Equal(["a", "b"], ModelListReader.Read(Encoding.UTF8.GetBytes(body))!.Value);

    [Theory]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("{}")]
    [InlineData("7")]
    [InlineData("""{"data":{}}""")]
    [InlineData("""{"data":[{"id":"\ud800"}]}""")]
    public void AnswerThatIsNoList_GivesNothing(string body) => Assert.Null(ModelListReader.Read(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void EndlessList_IsCut()
    {
        var body = $"[{string.Join(',', Enumerable.Range(0, 6000).Select(static i => $"{{\"id\":\"m{i}\"}}"))}]";

        Assert.Equal(ModelListReader.MostModels, ModelListReader.Read(Encoding.UTF8.GetBytes(body))!.Value.Length);
    }
}
