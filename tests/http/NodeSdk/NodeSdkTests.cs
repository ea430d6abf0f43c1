using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.NodeSdk;

/// <summary>OpenAI's and Anthropic's own npm clients, run by node: <c>tests/http/node</c>.</summary>
public sealed class NodeSdkTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    private static readonly string[] Expected =
    [
        "whole", "streamed", "tools", "streamedTools", "embeddings", "models", "error400", "error404", "error429", "error502", "errorInStream",
    ];

    private static readonly string[] ExpectedOfResponses = ["whole", "streamed", "tools", "followUp", "errors", "errorInStream"];

    private static readonly string[] ExpectedOfMessages =
    [
        "whole", "streamed", "tools", "streamedTools", "image", "count", "error400", "error404", "error429", "error502", "errorInStream",
    ];

    [Theory]
    [InlineData(GatewayFixture.OpenAiModel)]
    [InlineData(GatewayFixture.AnthropicModel)]
    public Task NpmClient_AllItsCalls_BehaveAsAtOpenAi(string model) =>
        CheckAsync(Expected, "check.mjs", new Uri(Gateway.Gateway.Data, "/v1").ToString(), model, GatewayFixture.EmbeddingModel);

    [Theory]
    [InlineData(GatewayFixture.AnthropicModel)]
    [InlineData(GatewayFixture.OpenAiModel)]
    public Task NpmClient_AllItsCalls_BehaveAsAtAnthropic(string model) =>
        CheckAsync(ExpectedOfMessages, "messages.mjs", Gateway.Gateway.Data.ToString(), model);

    [Theory]
    [InlineData(GatewayFixture.OpenAiModel)]
    [InlineData(GatewayFixture.AnthropicModel)]
    [InlineData(GatewayFixture.ResponsesModel)]
    public Task NpmClient_ItsResponses_BehaveAsAtOpenAi(string model) =>
        NodeChecks.AssertPassAsync(ExpectedOfResponses, "responses.mjs", new Uri(Gateway.Gateway.Data, "/v1").ToString(), model, Failing(new() { CutAfterEvents = 3 }));

    private Task CheckAsync(string[] expected, string script, params string[] arguments)
    {
        var failing = new JsonObject { ["404"] = "no-such-model", ["cut"] = Failing(new() { CutAfterEvents = 3 }) };
        foreach (var (seen, status) in new[] { ("400", 400), ("429", 429), ("502", 500) })
        {
            failing[seen] = Failing(new() { Status = status });
        }

        return NodeChecks.AssertPassAsync(expected, script, [.. arguments, failing.ToJsonString()]);
    }

    private string Failing(Support.Upstream.Behaviour behaviour)
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, behaviour);
        return pair.OnlyFirst;
    }
}
