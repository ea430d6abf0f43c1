using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Embeddings;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Batching;

/// <summary>Joined embeddings by OpenAI's own client, at the end of a process, and switched off.</summary>
public sealed class EmbeddingBatchEndTests : IAsyncLifetime
{
    private EmbeddingUpstream _upstream = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _upstream = await EmbeddingUpstream.StartAsync();

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    [Fact]
    public async Task OpenAisClient_GetsItsOwnVectors_AndProcessThatStops_SendsThoseWhoWait()
    {
        await using var gateway = await StartAsync(EmbeddingBatchFixture.Settings());
        using var http = TestHttp.Client(gateway.Data);
        await EmbeddingBatchFixture.WarmAsync(http, "none");
        _upstream.Reset();
        var client = new OpenAIClient(
            new ApiKeyCredential("no-key-needed"),
            new OpenAIClientOptions { Endpoint = new Uri(gateway.Data, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) })
            .GetEmbeddingClient(EmbeddingBatchFixture.Model);
        var hold = _upstream.Hold("lead");
        var lead = client.GenerateEmbeddingAsync("lead", cancellationToken: Cancel);
        await _upstream.NextCallAsync();

        var full = Enumerable.Range(0, EmbeddingBatchFixture.Full).Select(i => client.GenerateEmbeddingsAsync([$"text {i}"], cancellationToken: Cancel)).ToArray();
        for (var i = 0; i < full.Length; i++)
        {
            OpenAIEmbeddingCollection answer = await full[i];
            Assert.Equal(EmbeddingUpstream.VectorOf($"text {i}"), Assert.Single(answer).ToFloats().ToArray());
            Assert.Equal(EmbeddingUpstream.TokensPerInput, answer.Usage.InputTokenCount);
        }

        var waiting = new[] { "a", "bb" }.Select(input => client.GenerateEmbeddingAsync(input, cancellationToken: Cancel)).ToArray();
        await QueuedAsync(gateway, waiting.Length);
        gateway.Process.Terminate();
        await _upstream.NextCallAsync();
        await _upstream.NextCallAsync();

        Assert.Equal([1, EmbeddingBatchFixture.Full, 2], _upstream.Inputs.Select(static inputs => inputs.Count));
        Assert.False(lead.IsCompleted);
        Assert.Equal(EmbeddingUpstream.VectorOf("bb"), (await waiting[1]).Value.ToFloats().ToArray());
        Assert.Equal(EmbeddingUpstream.VectorOf("a"), (await waiting[0]).Value.ToFloats().ToArray());
        hold.SetResult();
        Assert.Equal(EmbeddingUpstream.VectorOf("lead"), (await lead).Value.ToFloats().ToArray());
        Assert.Equal(0, await gateway.Process.StopAsync());
    }

    [Fact]
    public async Task TenantsShareACall_WhereConfigured()
    {
        var batching = EmbeddingBatchFixture.Settings();
        batching["AcrossTenants"] = true;
        string[] keys = [EmbeddingBatchFixture.NewKey(), EmbeddingBatchFixture.NewKey()];
        await using var gateway = await StartAsync(batching, EmbeddingBatchFixture.Keys(keys));
        using var http = TestHttp.Client(gateway.Data);
        await EmbeddingBatchFixture.WarmAsync(http, keys[0]);
        _upstream.Reset();
        var hold = _upstream.Hold("lead");
        var lead = http.SendAsync(EmbeddingBatchFixture.Post(keys[0], "\"lead\""), Cancel);
        await _upstream.NextCallAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, EmbeddingBatchFixture.Full).Select(i =>
            http.SendAsync(EmbeddingBatchFixture.Post(keys[i % 2], $"\"text {i}\""), Cancel)));
        hold.SetResult();
        await lead;

        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal([1, EmbeddingBatchFixture.Full], _upstream.Inputs.Select(static inputs => inputs.Count));
    }

    [Fact]
    public async Task SwitchedOff_NobodyWaits()
    {
        await using var gateway = await StartAsync(new JsonObject { ["Embeddings"] = new JsonObject { ["Enabled"] = false } });
        using var http = TestHttp.Client(gateway.Data);
        var hold = _upstream.Hold("lead");
        var lead = http.SendAsync(EmbeddingBatchFixture.Post("none", "\"lead\""), Cancel);
        await _upstream.NextCallAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => http.SendAsync(EmbeddingBatchFixture.Post("none", $"\"text {i}\""), Cancel)));
        hold.SetResult();
        await lead;

        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.All(_upstream.Inputs, static inputs => Assert.Single(inputs));
    }

    private Task<SiloProcess> StartAsync(JsonObject batching, JsonObject? auth = null) => SiloProcess.StartAsync(new ProgramOptions
    {
        Config = new JsonObject
        {
            ["Providers"] = new JsonArray(EmbeddingBatchFixture.Priced("first", _upstream.Url)),
            ["Batching"] = batching,
            ["Auth"] = auth ?? [],
        },
    });

    private static async Task QueuedAsync(SiloProcess gateway, int count)
    {
        using var ops = TestHttp.Client(gateway.Ops);
        await EmbeddingBatchFixture.QueuedAsync(ops, count, Cancel);
    }
}
