using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.NodeSdk;
using ProxyCluster.Tests.Http.Recordings;

namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>The same pairs with the helpers of OpenAI's and Anthropic's npm clients, all at once: <c>tests/http/node/roundtrip.mjs</c>.</summary>
[Collection(RoundTripCollection.Name)]
public sealed class NodeRoundTripTests(RoundTripFixture fixture)
{
    // As the script calls them.
    private static readonly Dictionary<Feature, string> Checks = new()
    {
        [Feature.Text] = "text",
        [Feature.Tools] = "tools",
        [Feature.Schema] = "schema",
        [Feature.Reasoning] = "thoughts",
        [Feature.Length] = "length",
        [Feature.Filter] = "filter",
        [Feature.Cut] = "cut",
    };

    [Fact]
    public async Task NpmClients_WithTheirHelpers_GetThroughWhereTheTablesSaySo()
    {
        var rows = Outbound.All.Where(static outbound => outbound.Wire is not null).Select(RowOf).ToList();
        var expected = rows.SelectMany(static row => row["features"]!.AsObject()
            .SelectMany(features => features.Value!.AsArray().Select(feature => $"{features.Key} {row["type"]} {feature}")));
        var argument = new JsonObject { ["gateway"] = fixture.Gateway.ToString(), ["script"] = ScriptOf(), ["rows"] = new JsonArray([.. rows]) };
        var before = fixture.Faults.Count;

        await NodeChecks.AssertPassAsync(expected.ToList(), "roundtrip.mjs", argument.ToJsonString());

        Assert.Empty(fixture.Faults.Skip(before));
    }

    private static JsonObject RowOf(Outbound outbound) => new()
    {
        ["type"] = outbound.Type,
        ["model"] = outbound.ModelFor(Feature.Text),
        ["cutModel"] = outbound.ModelFor(Feature.Cut),
        ["callIds"] = new JsonArray([.. outbound.Wire!.CallIds.Select(static id => (JsonNode)id)]),
        ["tokens"] = new JsonObject
        {
            ["prompt"] = outbound.Wire.Tokens.Prompt,
            ["cacheRead"] = outbound.Wire.Tokens.CacheRead,
            ["cacheWrite"] = outbound.Wire.Tokens.CacheWrite,
            ["completion"] = outbound.Wire.Tokens.Completion,
            ["reasoning"] = outbound.Wire.Tokens.Reasoning,
        },
        ["features"] = new JsonObject(Enum.GetValues<Inbound>().Select(inbound => KeyValuePair.Create(
            inbound.ToString(),
            (JsonNode?)new JsonArray([.. Checks.Where(check => DialectTable.Cell(inbound, outbound.Type, check.Key) == DialectTable.Yes).Select(static check => (JsonNode)check.Value)])))),
    };

    private static JsonObject ScriptOf()
    {
        var replies = new JsonObject(Checks.Keys.Select(static feature => KeyValuePair.Create(feature.ToString(), (JsonNode?)ReplyOf(Script.ReplyTo(feature, hasResults: false)))))
        {
            ["Results"] = ReplyOf(Script.ReplyTo(Feature.Tools, hasResults: true)),
        };
        return new JsonObject
        {
            ["instructions"] = Script.Instructions,
            ["questions"] = new JsonObject(Checks.Keys.Select(static feature => KeyValuePair.Create(feature.ToString(), (JsonNode?)Script.Question(feature)))),
            ["replies"] = replies,
            ["results"] = new JsonArray([.. Script.Results.Select(static result => (JsonNode)result)]),
            ["schema"] = Script.Schema,
            ["tools"] = new JsonArray([.. Script.Tools.Select(static JsonNode (tool) => new JsonObject
            {
                ["name"] = tool.Name,
                ["description"] = tool.Description,
                ["schema"] = JsonNode.Parse(tool.Schema),
            })]),
        };
    }

    private static JsonObject ReplyOf(Reply reply) => new()
    {
        ["text"] = reply.Text,
        ["reasoning"] = reply.Reasoning,
        ["calls"] = new JsonArray([.. reply.Calls.Select(static JsonNode (call) => new JsonObject { ["name"] = call.Name, ["arguments"] = call.Arguments })]),
    };
}
