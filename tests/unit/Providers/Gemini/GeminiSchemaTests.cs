using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Providers.Gemini;

namespace ProxyCluster.Tests.Unit.Providers.Gemini;

public sealed class GeminiSchemaTests
{
    [Theory]
    [InlineData("""{"$schema":"x","type":"object","title":"T","properties":{"pattern":{"type":"string","pattern":"^a","minLength":1},"default":{"const":1}},"required":["pattern"],"strict":true}""",
        """{"type":"object","title":"T","properties":{"pattern":{"type":"string"},"default":{"enum":[1]}},"required":["pattern"]}""")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/definitions/A","description":"d"}},"definitions":{"A":{"type":["string","null"]}}}""",
        """{"type":"object","properties":{"a":{"$ref":"#/$defs/A"}},"$defs":{"A":{"type":["string","null"]}}}""")]
    [InlineData("""{"anyOf":[{"type":"string","format":"date-time"},{"type":"integer","exclusiveMinimum":0,"maximum":9}]}""",
        """{"anyOf":[{"type":"string","format":"date-time"},{"type":"integer","maximum":9}]}""")]
    [InlineData("""{"type":"array","items":{"allOf":[{"type":"number"}]},"prefixItems":[{"type":"number","multipleOf":2}],"minItems":1}""",
        """{"type":"array","items":{"type":"number"},"prefixItems":[{"type":"number"}],"minItems":1}""")]
    [InlineData("""{"type":"object","additionalProperties":false,"properties":{"a":true}}""",
        """{"type":"object","additionalProperties":false,"properties":{"a":true}}""")]
    public void Schema_WithWhatGeminiDoesNotTake_IsWrittenWithoutIt(string schema, string expected)
    {
        using var document = JsonDocument.Parse(schema);
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            GeminiSchema.Write(document.RootElement, json);
        }

        GeminiCase.AssertJson(expected, JsonNode.Parse(output.WrittenSpan));
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{}}""", false)]
    [InlineData("{}", false)]
    [InlineData("""{"$ref":"#/$defs/A","$defs":{"A":{"type":"object"}}}""", true)]
    [InlineData("""{"properties":{"a":{}}}""", true)]
    public void Parameters_ThatAreNone_AreNotSent(string schema, bool isSent)
    {
        var sent = GeminiCase.Sent(GeminiCase.Ask($$$"""
            "tools":[{"type":"function","function":{"name":"f","parameters":{{{schema}}}}}]
            """));

        Assert.Equal(isSent, sent["tools"]![0]!["functionDeclarations"]![0]!.AsObject().ContainsKey("parametersJsonSchema"));
    }
}
