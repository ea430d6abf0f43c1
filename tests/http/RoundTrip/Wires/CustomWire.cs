using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Recordings;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.RoundTrip.Wires;

/// <summary>A provider of its own kind, described in the configuration. It is for text.</summary>
internal sealed class CustomWire : Wire
{
    public const string Model = "acme-1";

    /// <summary>How the gateway is told to speak to it.</summary>
    public static JsonObject Description => JsonNode.Parse("""
        {
          "ChatPath": "v2/generate",
          "KeyHeader": "X-Acme-Key",
          "Request": { "engine": "{{model}}", "instructions": "{{system}}", "turns": "{{messages}}", "streaming": "{{stream}}" },
          "Response": {
            "Text": "result.text", "Finish": "result.reason", "FinishWords": { "cut": "length", "blocked": "content_filter" },
            "PromptTokens": "billing.in", "CompletionTokens": "billing.out", "Error": "failure.message"
          },
          "Stream": { "Framing": "sse", "Text": "piece", "Finish": "reason", "PromptTokens": "billing.in", "CompletionTokens": "billing.out", "EndMarker": "[DONE]" }
        }
        """)!.AsObject();

    /// <inheritdoc/>
    public override string Api => "custom_ai";

    /// <inheritdoc/>
    public override IReadOnlyList<string> CallIds => [];

    /// <inheritdoc/>
    public override Tokens Tokens => Tokens.Told(read: false, written: false, thought: false);

    /// <inheritdoc/>
    public override Asked Read(RecordedRequest request, JsonObject body)
    {
        Expect("target", "/v2/generate", request.Target);
        Expect("x-acme-key", RoundTripFixture.Key, request.Header("x-acme-key"));
        Expect("engine", Model, (string?)body["engine"]);
        var asked = new Asked { IsStreamed = (bool)body["streaming"]! };
        asked.Instruct((string?)body["instructions"]);
        foreach (var turn in Objects(body["turns"]))
        {
            Expect("role", "user", (string?)turn["role"]);
            asked.User((string?)turn["content"]);
        }

        return asked;
    }

    /// <inheritdoc/>
    public override JsonObject Write(Reply reply) => new()
    {
        ["result"] = new JsonObject
        {
            ["text"] = reply.Text,
            ["reason"] = reply.End switch
            {
                ReplyEnd.Length => "cut",
                ReplyEnd.Filter => "blocked",
                _ => "end",
            },
        },
        ["billing"] = new JsonObject { ["in"] = Tokens.Prompt, ["out"] = Tokens.Completion },
    };

    /// <inheritdoc/>
    public override JsonObject Error(int status, string message) => new() { ["failure"] = new JsonObject { ["message"] = message } };

    /// <inheritdoc/>
    public override byte[] Stream(JsonObject whole) => Unfolding.Join(
    [
        .. Unfolding.Pieces((string)whole["result"]!["text"]!).Select(static piece => Unfolding.Event(null, new JsonObject { ["piece"] = piece })),
        Unfolding.Event(null, new JsonObject { ["reason"] = whole["result"]!["reason"]!.DeepClone(), ["billing"] = whole["billing"]!.DeepClone() }),
        "data: [DONE]\n\n",
    ]);
}
