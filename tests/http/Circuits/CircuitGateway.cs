using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Circuits;

/// <summary>A gateway of its own with two providers, of which the first is asked first as long as it may be.</summary>
internal sealed class CircuitGateway : IAsyncDisposable
{
    public const string First = "first";
    public const string Second = "second";

    /// <summary>Both have it.</summary>
    public const string Model = "either";

    /// <summary>Both have it, too.</summary>
    public const string Sibling = "sibling";

    /// <summary>Only the first has it.</summary>
    public const string Alone = "alone";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _data;
    private readonly HttpClient _admin;

    private CircuitGateway(ScriptedUpstream dead, ScriptedUpstream well, SiloProcess process)
    {
        (Dead, Well, Process) = (dead, well, process);
        (_data, _admin) = (TestHttp.Client(process.Data), TestHttp.Client(process.Admin));
    }

    /// <summary>Behind the first provider.</summary>
    public ScriptedUpstream Dead { get; }

    /// <summary>Behind the second.</summary>
    public ScriptedUpstream Well { get; }

    public SiloProcess Process { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<CircuitGateway> StartAsync(JsonObject routing)
    {
        var (dead, well) = (await ScriptedUpstream.StartAsync(), await ScriptedUpstream.StartAsync());
        var config = new JsonObject
        {
            ["Providers"] = new JsonArray(
                ProgramOptions.Provider(First, "openai", new Uri(dead.Url, "/v1"), Model, Sibling, Alone),
                ProgramOptions.Provider(Second, "openai", new Uri(well.Url, "/v1"), Model, Sibling)),
            ["Aliases"] = new JsonObject { [Model] = Ordered(Model), [Sibling] = Ordered(Sibling) },
            ["Routing"] = routing,
        };
        return new CircuitGateway(dead, well, await SiloProcess.StartAsync(new ProgramOptions { Config = config }));
    }

    /// <summary>Sends a chat and gives its status, with the provider that has answered.</summary>
    public async Task<(int Status, string? Provider)> ChatAsync(string model = Model)
    {
        using var response = await SendAsync(model);
        return WhatCame(response);
    }

    /// <summary>Sends a chat that a provider must answer. Where it does not, the test fails with what the gateway says happened to the request.</summary>
    public async Task AssertAnswersAsync(string provider, string model)
    {
        using var response = await SendAsync(model);
        var id = response.Headers.GetValues("x-request-id").Single();
        if (WhatCame(response) is var came && came != (200, provider))
        {
            Assert.Fail($"{came}: {await _admin.GetStringAsync(new Uri($"/admin/v1/requests/{id}", UriKind.Relative), Cancel)}\n{await DescribeAsync()}");
        }
    }

    public async Task<JsonNode> DescribeAsync(string provider = First) =>
        (await _admin.GetFromJsonAsync<JsonNode>($"/admin/v1/providers/{provider}", Cancel))!;

    /// <summary>Waits until the cluster describes the first provider so.</summary>
    public async Task<JsonNode> UntilAsync(Func<JsonNode, bool> reached)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            var description = await DescribeAsync();
            if (reached(description))
            {
                return description;
            }

            Assert.True(since.Elapsed < Patience, $"After {Patience.TotalSeconds} s: {description.ToJsonString()}");
        }
    }

    public Task<JsonNode> UntilCircuitIsAsync(string state) => UntilAsync(description => (string?)description["circuit"]!["state"] == state);

    public async ValueTask DisposeAsync()
    {
        _data.Dispose();
        _admin.Dispose();
        TestContext.Current.SendDiagnosticMessage(Process.Process.Output);
        await Process.DisposeAsync();
        await Dead.DisposeAsync();
        await Well.DisposeAsync();
    }

    private Task<HttpResponseMessage> SendAsync(string model) =>
        _data.PostAsJsonAsync("/v1/chat/completions", new { model, messages = new[] { new { role = "user", content = "Hello" } } }, Cancel);

    private static (int Status, string? Provider) WhatCame(HttpResponseMessage response) =>
        ((int)response.StatusCode, response.Headers.TryGetValues("x-proxy-provider", out var provider) ? provider.Single() : null);

    private static JsonObject Ordered(string model) => new()
    {
        ["Strategy"] = "priority",
        ["Models"] = new JsonArray($"{First}/{model}", $"{Second}/{model}"),
    };
}
