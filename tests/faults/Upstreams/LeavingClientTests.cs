using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>Clients leave their streams at every moment there is: nothing of them stays behind.</summary>
public sealed class LeavingClientTests(ITestOutputHelper output)
{
    private const int Limit = 1_000_000;
    private const int PerSecond = 250;
    private const int PromptTokens = 11;
    private const int CompletionTokens = 7;
    private const int MostMegabytesMore = 200;

    // Kept connections of the test's own, logs, the databases.
    private const int OtherFiles = 50;

    private static readonly (string Name, string Type, string Model)[] Providers =
    [
        ("openai", "openai", "model-openai"), ("anthropic", "anthropic", "model-anthropic"), ("shaky", "openai", LeavingCrowd.ShakyModel),
    ];

    // The last asks the shaky provider, and another one where that has failed.
    private static readonly string[] Asked = ["model-openai", "model-anthropic", "either"];

    private static readonly int Count = Tier.IsLong ? 10_000 : 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // The promise is 100 ms for 99 of 100; the bound leaves a busy machine air.
    private static readonly TimeSpan CancelBound = TimeSpan.FromSeconds(2);

    private readonly string _adminKey = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));

    [Fact]
    public async Task Streams_WhoseClientsLeaveAtAnyMoment_LeaveNothingBehind()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(keptRequests: 2 * Count);
        await using var silo = await SiloProcess.StartAsync(Options(upstream));
        using var admin = Client(silo.Admin, _adminKey);
        var key = await CreateKeyAsync(admin);
        await RunAsync(new LeavingCrowd(upstream, Count / 10, seed: 1), silo, key);
        var before = ProcessFigures.Of(silo.Process.Id);
        var earlier = await AttemptsAsync(silo);

        var crowd = new LeavingCrowd(upstream, Count, seed: 2);
        var atOnce = await RunAsync(crowd, silo, key);

        output.WriteLine($"{Count} streams, {PerSecond} a second, at most {atOnce} at once; {crowd.Callers} came upstream, in {crowd.Calls} calls");
        Assert.Empty(crowd.Clients.Where(client => client.Fault is not null).Select(client => client.Fault));
        await AssertCancelledAsync(crowd);
        await AssertSlotsAreBackAsync(silo, admin);
        var attempts = await AttemptsAsync(silo) - earlier;
        Assert.InRange(attempts, crowd.Calls, 2 * Count);
        foreach (var (provider, _, _) in Providers)
        {
            await AssertTokensAreSettledAsync(silo, admin, provider);
        }

        await AssertLimitIsSettledAsync(silo, key, crowd.Callers);
        AssertBounded(silo, before, atOnce);
    }

    private static Task<int> RunAsync(LeavingCrowd crowd, SiloProcess silo, string key) =>
        crowd.RunAsync(PerSecond, client => client.RunAsync(silo.Data, key, Asked[client.Number % Asked.Length]));

    private async Task AssertCancelledAsync(LeavingCrowd crowd)
    {
        var times = await crowd.CancelledAfterAsync(Patience);

        TimeSpan At(double share) => times[(int)(share * (times.Count - 1))];
        output.WriteLine($"{times.Count} calls were cancelled: p50 {At(0.5).TotalMilliseconds:F1} ms, p99 {At(0.99).TotalMilliseconds:F1} ms, most {At(1).TotalMilliseconds:F1} ms after the client had left");
        Assert.InRange(times.Count, Count / 10, Count);
        Assert.True(At(0.99) < CancelBound, $"99 of 100 calls were cancelled only within {At(0.99).TotalSeconds:F1} s.");
    }

    private static async Task AssertSlotsAreBackAsync(SiloProcess silo, HttpClient admin)
    {
        await Wait.UntilAsync(async () => await Metrics.SumAsync(silo.Ops, "proxycluster_gateway_in_flight") == 0, "no request is in flight", Patience);
        foreach (var (provider, _, _) in Providers)
        {
            await Wait.UntilAsync(
                async () => (await DescribeAsync(admin, provider))["scores"]!.AsArray() is { Count: > 0 } scores && scores.All(score => (int)score!["inFlight"]! == 0),
                $"the cluster has no request in flight at {provider}",
                Patience);
        }
    }

    /// <summary>Each attempt was told to the provider's grain once, and the tokens of each whole stream are counted.</summary>
    private async Task AssertTokensAreSettledAsync(SiloProcess silo, HttpClient admin, string provider)
    {
        var attempts = await AttemptsAsync(silo, provider);
        var outcomes = new Dictionary<string, int>();
        await Wait.UntilAsync(
            async () =>
            {
                outcomes = (await DescribeAsync(admin, provider))["outcomes"]!.AsObject().ToDictionary(pair => pair.Key, pair => (int)pair.Value!);
                return outcomes.Values.Sum() >= attempts;
            },
            $"all {attempts} outcomes of {provider} are told",
            Patience);

        var whole = outcomes["succeeded"];
        var prompt = await TokensAsync(silo, provider, "prompt");
        var completion = await TokensAsync(silo, provider, "completion");
        output.WriteLine($"{provider}: {attempts} attempts, {whole} succeeded, {outcomes["abandoned"]} abandoned, {outcomes["serverError"]} failed; {prompt} tokens of prompts, {completion} of answers");
        Assert.Equal(attempts, whole + outcomes["abandoned"] + outcomes["serverError"]);
        Assert.Equal(provider == "shaky", outcomes["serverError"] > 0);
        Assert.Equal(0, prompt % PromptTokens);
        Assert.InRange(prompt / PromptTokens, whole, attempts);
        Assert.InRange(completion, CompletionTokens * whole, CompletionTokens * attempts);
    }

    /// <summary>The gateway's count and the window of the limiter agree, whoever left in between.</summary>
    private async Task AssertLimitIsSettledAsync(SiloProcess silo, string key, int callers)
    {
        using var client = Client(silo.Data, key);
        using var last = await client.PostAsJsonAsync(
            "/v1/chat/completions", new { model = "model-openai", messages = new[] { new { role = "user", content = "Hello" } } });
        var remaining = int.Parse(last.Headers.GetValues("x-ratelimit-remaining-requests").Single(), CultureInfo.InvariantCulture);
        var admitted = 0.0;
        await Wait.UntilAsync(
            async () => (admitted = await Metrics.SumAsync(silo.Ops, "proxycluster_ratelimiting_admitted_total")) >= Limit - remaining,
            $"{Limit - remaining} requests are counted as admitted",
            Patience);
        output.WriteLine($"{Limit - remaining} requests are used of the limit, {admitted} were admitted");
        Assert.Equal(Limit - remaining, admitted);
        Assert.InRange(admitted, callers, (Count * 1.1) + 1);
    }

    private void AssertBounded(SiloProcess silo, ProcessFigures before, int atOnce)
    {
        var after = ProcessFigures.Of(silo.Process.Id);
        output.WriteLine($"memory {before.ResidentMegabytes} MB before, {after.ResidentMegabytes} MB after; open files {before.OpenFiles} before, {after.OpenFiles} after");
        Assert.InRange(after.ResidentMegabytes, 1, before.ResidentMegabytes + MostMegabytesMore);

        // Connections to the upstream are kept for the next requests, at most one for each client there was at once.
        Assert.InRange(after.OpenFiles, 1, before.OpenFiles + atOnce + OtherFiles);
    }

    private ProgramOptions Options(ScriptedUpstream upstream)
    {
        var providers = new JsonArray();
        foreach (var (name, type, model) in Providers)
        {
            var provider = ProgramOptions.Provider(name, type, new Uri(upstream.Url, "/v1"), model);
            provider["MaxConcurrency"] = Count;
            providers.Add(provider);
        }

        return new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = providers,
                ["Aliases"] = new JsonObject
                {
                    ["either"] = new JsonObject { ["Strategy"] = "priority", ["Models"] = new JsonArray($"shaky/{LeavingCrowd.ShakyModel}", "openai/model-openai") },
                },
                ["Auth"] = new JsonObject
                {
                    ["Required"] = true,
                    ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "admin", ["Key"] = _adminKey, ["Roles"] = new JsonArray("admin") }),
                },
                ["RateLimits"] = new JsonObject { ["RequestsPerMinute"] = 0, ["RequestsPerHour"] = Limit },
            },
        };
    }

    private static async Task<string> CreateKeyAsync(HttpClient admin)
    {
        using var made = await admin.PostAsJsonAsync("/admin/v1/keys", new { name = "crowd", roles = new[] { "user" } });
        return (await made.Content.ReadFromJsonAsync<JsonObject>())!["key"]!.GetValue<string>();
    }

    private static HttpClient Client(Uri address, string key)
    {
        var client = TestHttp.Client(address);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    private static async Task<JsonNode> DescribeAsync(HttpClient admin, string provider) =>
        (await admin.GetFromJsonAsync<JsonNode>($"/admin/v1/providers/{provider}"))!;

    private static async Task<int> AttemptsAsync(SiloProcess silo, string? provider = null) =>
        (int)await Metrics.SumAsync(silo.Ops, "proxycluster_gateway_attempts_total", provider is null ? [] : [$"provider=\"{provider}\""]);

    private static async Task<int> TokensAsync(SiloProcess silo, string provider, string kind) =>
        (int)await Metrics.SumAsync(silo.Ops, "proxycluster_gateway_tokens_total", $"provider=\"{provider}\"", $"kind=\"{kind}\"");
}
