using System.Buffers;
using System.Text;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Providers.Gemini;

/// <summary>Signatures on their way to clients of other dialects than Chat Completions, and back.</summary>
public sealed class GeminiSignatureTests
{
    private const string CallEvent =
        """{"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{},"id":"fc-1"},"thoughtSignature":"c2ln"}]},"finishReason":"STOP"}],"responseId":"r-1"}""";

    [Fact]
    public void Signature_OfAStreamedCall_StandsBeforeItAsASignedThought()
    {
        var output = new ArrayBufferWriter<byte>();
        var translator = GeminiCase.Adapter.CreateStream(Ask("""{"model":"g","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"A"}]}""", stream: true));

        translator.Translate([], Encoding.UTF8.GetBytes(CallEvent), output);

        var told = Encoding.UTF8.GetString(output.WrittenSpan);
        var signature = told.IndexOf("\"signature\":\"gemini:c2ln\"", StringComparison.Ordinal);
        Assert.InRange(signature, 0, told.IndexOf("\"type\":\"tool_use\"", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gemini:c2ln", "c2ln")]
    [InlineData("EqQBCkgIBRABGAIiQ", "skip_thought_signature_validator")]
    public void Signature_OfAThoughtThatComesBack_GoesWithTheFirstCallIfItIsGeminis(string given, string sent)
    {
        var request = Ask($$$"""
            {"model":"g","max_tokens":9,"messages":[{"role":"user","content":"A"},
              {"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"{{{given}}}"},
                {"type":"tool_use","id":"fc-1","name":"f","input":{}},{"type":"tool_use","id":"fc-2","name":"f","input":{}}]},
              {"role":"user","content":[{"type":"tool_result","tool_use_id":"fc-1","content":"1"},{"type":"tool_result","tool_use_id":"fc-2","content":"2","is_error":true}]}]}
            """);

        var contents = GeminiCase.Sent(request)["contents"]!;

        GeminiCase.AssertJson($$$$"""
            [{"functionCall":{"id":"fc-1","name":"f","args":{}},"thoughtSignature":"{{{{sent}}}}"},{"functionCall":{"id":"fc-2","name":"f","args":{}}}]
            """, contents[1]!["parts"]);
        GeminiCase.AssertJson("""
            [{"functionResponse":{"id":"fc-1","name":"f","response":{"output":"1"}}},{"functionResponse":{"id":"fc-2","name":"f","response":{"error":"2"}}}]
            """, contents[2]!["parts"]);
    }

    private static InferenceRequest Ask(string body, bool stream = false) => new()
    {
        Operation = InferenceOperation.Messages,
        Dialect = ClientDialects.Of(InferenceOperation.Messages),
        Body = Encoding.UTF8.GetBytes(body),
        Model = "g",
        ModelToken = default,
        Stream = stream,
    };
}
