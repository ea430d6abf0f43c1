using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.RoundTrip.Wires;

/// <summary>Google's <c>generateContent</c>.</summary>
/// <param name="models">The path before the model's name.</param>
/// <param name="keyHeader">The header with the key.</param>
/// <param name="keyPrefix">What stands before the key.</param>
/// <param name="takesCallIds">Whether requests may have the ids of calls: version v1 of Vertex AI goes by their order.</param>
internal sealed class GeminiWire(string models, string keyHeader, string keyPrefix, bool takesCallIds) : Wire
{
    public const string Model = "gemini-3-flash-preview";

    private const string Signature = "c2lnbmVk+/=";

    /// <inheritdoc/>
    public override string Api => "gemini";

    /// <inheritdoc/>
    public override IReadOnlyList<string> CallIds => ["fc-1", "fc-2"];

    /// <inheritdoc/>
    public override string? ThoughtsBack => $"none {Signature}";

    /// <inheritdoc/>
    public override Tokens Tokens => Tokens.Told(read: true, written: false, thought: true);

    /// <inheritdoc/>
    public override Asked Read(RecordedRequest request, JsonObject body)
    {
        Expect(keyHeader, keyPrefix + RoundTripFixture.Key, request.Header(keyHeader));
        var isStreamed = request.Target.EndsWith("?alt=sse", StringComparison.Ordinal);
        Expect("target", models + Model + (isStreamed ? ":streamGenerateContent?alt=sse" : ":generateContent"), request.Target);
        var asked = new Asked { IsStreamed = isStreamed };
        asked.Instruct(string.Concat(Objects(body["systemInstruction"]?["parts"]).Select(static part => (string?)part["text"])));
        foreach (var tool in Objects(body["tools"]).SelectMany(static tool => Objects(tool["functionDeclarations"])))
        {
            asked.Tool((string?)tool["name"], (string?)tool["description"], tool["parametersJsonSchema"]);
        }

        if (body["generationConfig"]?["responseJsonSchema"] is { } schema)
        {
            Expect("responseMimeType", "application/json", (string?)body["generationConfig"]!["responseMimeType"]);
            asked.Schema(schema);
        }

        foreach (var turn in Objects(body["contents"]))
        {
            foreach (var part in Objects(turn["parts"]))
            {
                ReadPart((string?)turn["role"], part, asked);
            }
        }

        return asked;
    }

    /// <inheritdoc/>
    public override JsonObject Write(Reply reply)
    {
        var parts = new JsonArray();
        if (reply.Reasoning.Length > 0)
        {
            parts.Add(new JsonObject { ["text"] = reply.Reasoning, ["thought"] = true });
        }

        parts.Add(new JsonObject { ["text"] = reply.Text });
        foreach (var (id, call) in Calls(reply))
        {
            parts.Add(new JsonObject { ["functionCall"] = new JsonObject { ["id"] = id, ["name"] = call.Name, ["args"] = JsonNode.Parse(call.Arguments) } });
        }

        // The first of the calls is signed.
        if (reply.Calls.Count > 0)
        {
            parts[^reply.Calls.Count]!["thoughtSignature"] = Signature;
        }

        return new JsonObject
        {
            ["candidates"] = new JsonArray(new JsonObject
            {
                ["content"] = new JsonObject { ["role"] = "model", ["parts"] = parts },
                ["finishReason"] = reply.End switch
                {
                    ReplyEnd.Length => "MAX_TOKENS",
                    ReplyEnd.Filter => "SAFETY",
                    _ => "STOP",
                },
                ["index"] = 0,
            }),
            ["usageMetadata"] = new JsonObject
            {
                ["promptTokenCount"] = Tokens.Prompt,
                ["cachedContentTokenCount"] = Tokens.CacheRead,
                ["candidatesTokenCount"] = Tokens.Said,
                ["thoughtsTokenCount"] = Tokens.Thought,
                ["totalTokenCount"] = Tokens.Prompt + Tokens.Completion,
            },
            ["modelVersion"] = Model,
            ["responseId"] = "resp-1",
        };
    }

    /// <inheritdoc/>
    public override JsonObject Error(int status, string message) => new()
    {
        ["error"] = new JsonObject { ["code"] = status, ["message"] = message, ["status"] = status == 429 ? "RESOURCE_EXHAUSTED" : "INVALID_ARGUMENT" },
    };

    private void ReadPart(string? role, JsonObject part, Asked asked)
    {
        if (part["text"] is { } text)
        {
            asked.Say(role, (string?)text);
        }
        else if (part["inlineData"] is { } image && role == "user")
        {
            asked.Image((string?)image["mimeType"], (string?)image["data"]);
        }
        else if (part["functionCall"] is { } call && role == "model")
        {
            if (part["thoughtSignature"] is { } signature)
            {
                asked.Thought(null, (string?)signature);
            }

            asked.Call(IdOf(call, asked.Calls), (string?)call["name"], call["args"]);
        }
        else if (part["functionResponse"] is { } result && role == "user")
        {
            Expect("the function of a result", "True", Script.Tools.Any(tool => tool.Name == (string?)result["name"]).ToString());
            asked.Result(IdOf(result, asked.ResultIds.Count), (string?)result["response"]!["output"]);
        }
        else
        {
            throw Unknown($"part of '{role}'", part);
        }
    }

    private string? IdOf(JsonNode part, int place)
    {
        var id = (string?)part["id"];
        if (takesCallIds)
        {
            return id;
        }

        Expect("id of a call", null, id);
        return CallIds[place];
    }
}
