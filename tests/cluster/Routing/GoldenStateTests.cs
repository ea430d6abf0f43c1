using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;
using ProxyCluster.Core.Routing;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.Grains.Providers;
using ProxyCluster.Grains.Routing;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Routing;

/// <summary>
/// What release 0.1 stored must be read by every later one. The files hold its bytes in hexadecimal and are never
/// changed; a new member of a stored record gets a new file beside them.
/// </summary>
public sealed class GoldenStateTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private static readonly ProviderDefinition Definition = new()
    {
        Name = "openai",
        Type = "openai",
        BaseUrl = "https://api.example.com/v1",
        ApiKey = "${OPENAI_API_KEY}",
        Enabled = true,
        Priority = 2,
        Weight = 1.5,
        Region = "us-east",
        MaxConcurrency = 64,
        Models = [new() { Id = "gpt-*", UpstreamId = "gpt-4o", ContextLengthTokens = 128000, MaxOutputTokens = 16384, InputCostPerMillion = 2.5m, OutputCostPerMillion = 10m, Capabilities = ModelCapabilities.Chat | ModelCapabilities.Tools }],
        Headers = [new("x-team", "blue")],
        Organization = "org",
        ApiVersion = "2024-10-21",
        Simulator = new() { FirstTokenDelay = TimeSpan.FromMilliseconds(5), TokensPerSecond = 50, FailureRate = 0.1, FailureStatus = 503, AnswerTokens = 8 },
        Source = DefinitionSource.Api,
        Version = 7,
        Draining = true,
    };

    private Serializer Serializer => fixture.Cluster.Client.ServiceProvider.GetRequiredService<Serializer>();

    [Fact]
    public void ProviderState_OfRelease01_IsRead()
    {
        var state = Read("provider-state.0.1.hex", new ProviderState { Definition = Definition, LastVersion = 9 });

        Assert.Equal(9, state.LastVersion);
        AssertIsTheDefinition(state.Definition!);

        // What was stored before these limits were there stands for their defaults.
        Assert.Null(Assert.Single(state.Definition!.Models).Reasoning);
        Assert.Equal(TimeSpan.FromSeconds(180), state.Definition.Timeouts.For(isReasoning: true).FirstToken);
        Assert.Equal(TimeSpan.FromSeconds(50), state.Definition.Timeouts.ToFirstByte(promptTokens: 0, answerTokens: 100));
    }

    [Fact]
    public void ProviderState_WithLimitsOfSilence_IsRead()
    {
        var timeouts = ProviderTimeouts.Default with { Reasoning = TimeSpan.FromSeconds(90), Answer = TimeSpan.FromSeconds(45) };
        var state = Read("provider-state.silence.hex", new ProviderState
        {
            Definition = Definition with { Timeouts = timeouts, Models = [new() { Id = "m", Reasoning = true }] },
        });

        Assert.Equal(timeouts, state.Definition!.Timeouts);
        Assert.True(Assert.Single(state.Definition.Models).Reasoning);
    }

    [Fact]
    public void RoutingTableState_OfRelease01_IsRead()
    {
        var epoch = new Guid("11111111-2222-3333-4444-555555555555");
        var state = Read("routing-table-state.0.1.hex", new RoutingTableState
        {
            Epoch = epoch,
            Counter = 42,
            Generation = 3,
            FileHash = 0xFEDCBA9876543210,
            Providers = [Definition],
            Aliases = [new AliasDefinition("smart", ["openai/gpt-4o"], Ordered: true)],
        });

        Assert.Equal((epoch, 42, 3, 0xFEDCBA9876543210), (state.Epoch, state.Counter, state.Generation, state.FileHash));
        AssertIsTheDefinition(Assert.Single(state.Providers));
        var alias = Assert.Single(state.Aliases);
        Assert.Equal(("smart", "openai/gpt-4o", true), (alias.Name, Assert.Single(alias.Models), alias.Ordered));
        Assert.Equal((null, "priority", null), (alias.Strategy, alias.StrategyInForce, alias.Fallbacks));
    }

    [Fact]
    public void RoutingTableState_WithStrategiesAndFallbacks_IsRead()
    {
        var fallbacks = new AliasFallbacks(["long/m"], ["mild/m"], ["spare/m", "cheap/m"], ["last/m"]);
        var state = Read("routing-table-state.strategies.hex", new RoutingTableState
        {
            Aliases = [new AliasDefinition("smart", ["openai/gpt-4o"], Ordered: false) { Strategy = "latency", Fallbacks = fallbacks }],
        });

        var alias = Assert.Single(state.Aliases);
        Assert.Equal(("smart", "latency", "latency"), (alias.Name, alias.Strategy, alias.StrategyInForce));
        Assert.Equal(
            ["long/m", "|", "mild/m", "|", "spare/m", "cheap/m", "|", "last/m"],
            [.. alias.Fallbacks!.ContextTooLong, "|", .. alias.Fallbacks.ContentFilter, "|", .. alias.Fallbacks.RateLimited, "|", .. alias.Fallbacks.Any]);
    }

    [Fact]
    public void ProviderCircuitState_OfRelease01_IsRead()
    {
        var opened = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var circuit = new CircuitRecord(IsOpen: true, opened, opened + TimeSpan.FromSeconds(20), Openings: 2);

        var state = Read("provider-circuit-state.0.1.hex", new ProviderCircuitState { Circuit = circuit });

        Assert.Equal(circuit, state.Circuit);
    }

    [Fact]
    public void OutcomeBatch_OfRelease01_IsRead()
    {
        var seen = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var report = new AttemptReport("gpt-4o", AttemptOutcome.RateLimited, Streamed: true, TimeSpan.FromMilliseconds(12), new TokenUsage(1, 2, 3, 4, 5), 6)
        {
            DurationMilliseconds = 40,
            RestMilliseconds = 5000,
            Permit = 6,
            IsCheck = true,
        };
        var quota = new ModelQuota("gpt-4o", 1, new QuotaAmount(60, 59, seen), new QuotaAmount(1000, 0, null), seen);
        var gateway = new Guid("11111111-2222-3333-4444-555555555555");

        var batch = Read("outcome-batch.0.1.hex", new OutcomeBatch(gateway, 7, 8, [report]) { Quotas = [quota] });

        Assert.Equal((gateway, 7, 8), (batch.Gateway, batch.Sequence, batch.InFlight));
        Assert.Equal(report, Assert.Single(batch.Reports));
        Assert.Equal(quota, Assert.Single(batch.Quotas));
    }

    private static void AssertIsTheDefinition(ProviderDefinition read)
    {
        Assert.Equal(DefinitionHash.Of(Definition), DefinitionHash.Of(read));
        Assert.Equal(Definition.Version, read.Version);
    }

    // PROXYCLUSTER_WRITE_GOLDEN makes the file of a release, once; without it a missing file fails the test.
    private T Read<T>(string file, T example, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "..", "Golden", file);
        if (Environment.GetEnvironmentVariable("PROXYCLUSTER_WRITE_GOLDEN") is not null && !File.Exists(path))
        {
            File.WriteAllText(path, Convert.ToHexString(Serializer.SerializeToArray(example)) + "\n");
        }

        return Serializer.Deserialize<T>(Convert.FromHexString(File.ReadAllText(path).Trim()))!;
    }
}
