using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

/// <summary>Requests that use all there is, for models of each kind: <see cref="BedrockCase.Body"/> holds them to what Amazon publishes.</summary>
public sealed class BedrockSchemaTests
{
    private const string Everything =
        """
        {"model":"m","max_tokens":9000,"temperature":0.5,"top_k":4,"stop":["END"],"tool_choice":"auto","service_tier":"flex","additionalModelRequestFields":{"a":1},
         "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"},"strict":true},"cache_control":{"type":"ephemeral"}}],
         "messages":[
          {"role":"system","content":[{"type":"text","text":"s","cache_control":{"type":"ephemeral","ttl":"1h"}}]},
          {"role":"user","content":[{"type":"text","text":"u"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
            {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}},{"type":"input_audio","input_audio":{"data":"AAAA","format":"mp3"}}]},
          {"role":"assistant","content":"a","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
          {"role":"tool","tool_call_id":"c","content":[{"type":"text","text":"r"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}]}
        """;

    private const string Format = """{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}""";

    [Theory]
    [InlineData("us.anthropic.claude-opus-4-6-v1")]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0")]
    [InlineData(BedrockCase.Claude)]
    [InlineData(BedrockCase.Nova)]
    [InlineData("us.amazon.nova-2-lite-v1:0")]
    [InlineData("openai.gpt-oss-120b-1:0")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc")]
    public void Request_ThatUsesAllThereIs_FitsTheSchema(string model)
    {
        foreach (var member in (string[])["reasoning_effort", "response_format"])
        {
            var body = JsonNode.Parse(Everything)!.AsObject();
            body[member] = member == "response_format" ? JsonNode.Parse(Format) : "low";

            var upstream = BedrockCase.Adapter.CreateRequest(BedrockCase.Target(model), BedrockCase.Request(body.ToJsonString()));

            Assert.Null(upstream.Refusal);
            BedrockCase.Body(upstream);
        }
    }

    [Fact]
    public void Request_WithSignedThoughtsAndFailedTools_FitsTheSchema()
    {
        var upstream = BedrockCase.Adapter.CreateRequest(BedrockCase.Target(), Spoken(
            new Message(Role.User) { Parts = [new TextPart("u", "p")] },
            new Message(Role.Assistant)
            {
                Parts = [new ReasoningPart("t", "sig", "p"), new ReasoningPart("", "c2VjcmV0", "p") { IsRedacted = true }, new RefusalPart("no", "p")],
                Calls = [new ToolCall("c", "f", "{}")],
            },
            new Message(Role.Tool) { ToolCallId = "c", IsToolError = true, Parts = [new TextPart("broken", "p")] }));

        Assert.Null(upstream.Refusal);
        var sent = BedrockCase.Body(upstream);
        BedrockCase.AssertJson(
            """
            [{"reasoningContent":{"reasoningText":{"text":"t","signature":"sig"}}},{"reasoningContent":{"redactedContent":"c2VjcmV0"}},{"text":"no"},
             {"toolUse":{"toolUseId":"c","name":"f","input":{}}}]
            """,
            sent["messages"]![1]!["content"]);
        BedrockCase.AssertJson(
            """[{"toolResult":{"toolUseId":"c","content":[{"text":"broken"}],"status":"error"}}]""", sent["messages"]![2]!["content"]);
    }

    // What other dialects' clients can say, and Chat Completions' cannot.
    private static InferenceRequest Spoken(params Message[] messages) => new()
    {
        Operation = InferenceOperation.Messages,
        Dialect = new FixedDialect(new Conversation { Messages = messages }),
        Body = "{}"u8.ToArray(),
        Model = "m",
        ModelToken = default,
    };
}
