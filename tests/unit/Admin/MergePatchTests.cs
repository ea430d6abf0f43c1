using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Admin;

namespace ProxyCluster.Tests.Unit.Admin;

public sealed class MergePatchTests
{
    // The examples of RFC 7396, appendix A, without those whose documents are no objects: bodies here always are.
    [Theory]
    [InlineData("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [InlineData("""{"a":"b"}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [InlineData("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [InlineData("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [InlineData("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [InlineData("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [InlineData("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [InlineData("{}", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    [InlineData("""{"a":"b"}""", """{"a":{"c":1,"d":null}}""", """{"a":{"c":1}}""")]
    public void Patch_OfADocument_GivesWhatTheStandardSays(string document, string patch, string expected)
    {
        using var parsedDocument = JsonDocument.Parse(document);
        using var parsedPatch = JsonDocument.Parse(patch);

        var result = MergePatch.Apply(parsedDocument.RootElement, parsedPatch.RootElement);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(result.Span)), System.Text.Encoding.UTF8.GetString(result.Span));
    }
}
