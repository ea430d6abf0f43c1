using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Tests.Unit.Providers.Custom;

public sealed class RequestTemplateTests
{
    private static readonly Dictionary<string, JsonElement> Values = new()
    {
        ["model"] = JsonSerializer.SerializeToElement("m\"1"),
        ["messages"] = JsonSerializer.SerializeToElement(new[] { "a" }),
        ["max_tokens"] = JsonSerializer.SerializeToElement(5),
    };

    [Theory]
    [InlineData("""{"a":"{{model}}","p":"{{messages}}"}""", """{"a":"m\"1","p":["a"]}""")]
    [InlineData("""{"a":"x-{{ model }}-{{max_tokens}}{{seed}}","p":"{{messages}}"}""", """{"a":"x-m\"1-5","p":["a"]}""")]
    [InlineData("""{"a":{"t":"{{temperature}}","n":null},"l":["{{seed}}",1,"{{max_tokens}}"],"p":"{{messages}}"}""", """{"a":{"n":null},"l":[1,5],"p":["a"]}""")]
    public void Template_WithValues_IsFilledAndLeavesOutWhatHasNone(string template, string expected)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            RequestTemplate.Parse(template).Write(json, Values);
        }

        ProviderCase.AssertJson(expected, JsonNode.Parse(output.WrittenSpan));
    }

    [Theory]
    [InlineData("[]", "object")]
    [InlineData("{", "valid JSON")]
    [InlineData("""{"a":"{{messages}}","b":"{{tool}}"}""", "'{{tool}}'")]
    [InlineData("""{"a":"{{model}}"}""", "{{messages}} or {{prompt}}")]
    public void Template_ThatIsWrong_IsToldWhy(string template, string fault) =>
        Assert.Contains(fault, RequestTemplate.FaultOf(template), StringComparison.Ordinal);

    [Theory]
    [InlineData("a.b[1].c", "7")]
    [InlineData("a.b[2].c", null)]
    [InlineData("a.b.c", null)]
    [InlineData("a.x", null)]
    [InlineData("z", null)]
    public void Path_IntoJson_FindsWhatIsThere(string path, string? expected)
    {
        using var document = JsonDocument.Parse("""{"a":{"b":[0,{"c":7}]},"z":null}""");

        Assert.Equal(expected, JsonPath.Parse(path).Find(document.RootElement)?.GetRawText());
    }

    [Theory]
    [InlineData("x|a.b[1].c", "7")]
    [InlineData("z|a.b[0]", "0")]
    [InlineData("x|y", null)]
    public void Path_OfSeveral_IsTheFirstThatLeadsSomewhere(string path, string? expected)
    {
        using var document = JsonDocument.Parse("""{"a":{"b":[0,{"c":7}]},"z":null}""");

        Assert.Equal(expected, JsonPath.Parse(path).Find(document.RootElement)?.GetRawText());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a|")]
    [InlineData("|a")]
    [InlineData("a..b")]
    [InlineData("a[x]")]
    [InlineData(".a")]
    [InlineData("a[0")]
    public void Path_ThatIsNone_IsKnown(string path) => Assert.False(JsonPath.IsPath(path));
}
