using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.NodeSdk;

/// <summary>OpenAI's and Anthropic's own npm clients, run by node: <c>tests/http/node</c>.</summary>
public sealed class NodeSdkTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    private static readonly string[] Expected =
    [
        "whole", "streamed", "tools", "streamedTools", "embeddings", "models", "error400", "error404", "error429", "error502", "errorInStream",
    ];

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

    private async Task CheckAsync(string[] expected, params string[] arguments)
    {
        Requirement.Program("node");
        Requirement.Program("npm");
        var folder = Path.Combine(RepositoryPaths.Root, "tests", "http", "node");
        await RunAsync("npm", folder, "ci", "--no-audit", "--no-fund", "--prefer-offline");
        var failing = new JsonObject { ["404"] = "no-such-model", ["cut"] = Failing(new() { CutAfterEvents = 3 }) };
        foreach (var (seen, status) in new[] { ("400", 400), ("429", 429), ("502", 500) })
        {
            failing[seen] = Failing(new() { Status = status });
        }

        var output = await RunAsync("node", folder, [.. arguments, failing.ToJsonString()]);

        var results = output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(expected, results.Select(result => result.GetProperty("name").GetString()));
        Assert.All(results, result => Assert.True(result.GetProperty("passed").GetBoolean(), result.ToString()));
    }

    [Theory]
    [InlineData(GatewayFixture.OpenAiModel)]
    [InlineData(GatewayFixture.AnthropicModel)]
    [InlineData(GatewayFixture.ResponsesModel)]
    public async Task NpmClient_ItsResponses_BehaveAsAtOpenAi(string model)
    {
        Requirement.Program("node");
        Requirement.Program("npm");
        var folder = Path.Combine(RepositoryPaths.Root, "tests", "http", "node");
        await RunAsync("npm", folder, "ci", "--no-audit", "--no-fund", "--prefer-offline");

        var output = await RunAsync("node", folder, "responses.mjs", new Uri(Gateway.Gateway.Data, "/v1").ToString(), model, Failing(new() { CutAfterEvents = 3 }));

        var results = output.Split('\n').Where(line => line.StartsWith('{')).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["whole", "streamed", "tools", "followUp", "errors", "errorInStream"], results.Select(result => result.GetProperty("name").GetString()));
        Assert.All(results, result => Assert.True(result.GetProperty("passed").GetBoolean(), result.ToString()));
    }

    private string Failing(Support.Upstream.Behaviour behaviour)
    {
        var pair = Gateway.NextPair();
        First.ForModel(pair.Model, behaviour);
        return pair.OnlyFirst;
    }

    private static async Task<string> RunAsync(string program, string folder, params string[] arguments)
    {
        await using var process = ChildProcess.Start(program, arguments, workingDirectory: folder);
        await process.Exited.WaitAsync(TimeSpan.FromMinutes(2), Cancel);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}:\n{process.Output}");
        return process.Output;
    }
}
