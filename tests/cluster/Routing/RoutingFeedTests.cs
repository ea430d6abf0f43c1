using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Secrets;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Routing;

/// <summary>The feed over a real routing table, which a door can shut off as a lost network would.</summary>
public sealed class RoutingFeedTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _directory = Directory.CreateTempSubdirectory("pc-feed-").FullName;
    private readonly FakeTimeProvider _clock = new();
    private ClusterFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await ClusterFixture.StartAsync(silos: 1);

    public async ValueTask DisposeAsync()
    {
        await _fixture.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Start_WithACluster_HasPublishedItsFile()
    {
        await using var gateway = await StartAsync("p");

        Assert.True(gateway.Feed.WhenReady.IsCompletedSuccessfully);
        Assert.False(gateway.Feed.Current.IsStale);
        Assert.Equal(["p"], Providers(gateway));
        Assert.Equal(["p:m@1"], await _fixture.Published());
    }

    [Fact]
    public async Task Start_WithoutClusterOrDisk_RoutesByItsOwnFile()
    {
        await using var gateway = await StartAsync("p", shut: true);

        Assert.Equal(["p"], Providers(gateway));
        Assert.Equal(1, gateway.Feed.Current.Index.Resolve("m").Count);
    }

    [Fact]
    public async Task Start_WithoutACluster_RoutesByTheSnapshotOnDisk()
    {
        await _fixture.Provider("made").SetAsync(Tables.Api("made", "x"), 0);
        await (await StartAsync("p")).DisposeAsync();

        await using var gateway = await StartAsync("p", shut: true);

        Assert.Equal(["made", "p"], Providers(gateway));
        Assert.True(gateway.Feed.Current.IsStale);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PCSNAP01")]
    [InlineData("PCSNAP01 and then something that was never a snapshot")]
    [InlineData("<html>not ours</html>")]
    public async Task Start_WithADamagedSnapshot_PassesItOver(string content)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "gateway-snapshot"), content);

        await using var gateway = await StartAsync("p", shut: true);

        Assert.Equal(["p"], Providers(gateway));
    }

    [Fact]
    public async Task Start_WithANameTheApiMade_RefusesInOneSentence()
    {
        await _fixture.Provider("p").SetAsync(Tables.Api("p", "x"), 0);

        var fault = await Assert.ThrowsAsync<GatewayApi.Hosting.StartFault>(() => StartAsync("p"));

        Assert.Contains("p", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_OfMoreThanFifteenSeconds_IsStaleUntilTheClusterIsHeardAgain()
    {
        await using var gateway = await StartAsync("p");

        gateway.Door.IsShut = true;
        await Until(gateway, () => gateway.Feed.Current.IsStale, "stale");
        Assert.Equal(["p"], Providers(gateway));

        gateway.Door.IsShut = false;
        await _fixture.Provider("made").SetAsync(Tables.Api("made", "x"), 0);
        await Until(gateway, () => Providers(gateway).Contains("made") && !gateway.Feed.Current.IsStale, "heard again");
    }

    [Fact]
    public async Task Silence_OfTheTableBehindARelayThatAnswers_IsStaleToo()
    {
        await using var gateway = await StartAsync("p");

        _fixture.TableCalls.IsSilent = true;
        await Until(gateway, () => gateway.Feed.Current.IsStale, "stale");
        Assert.Equal(["p"], Providers(gateway));

        _fixture.TableCalls.IsSilent = false;
        await Until(gateway, () => !gateway.Feed.Current.IsStale, "fresh again");
    }

    [Fact]
    public async Task Outcomes_WhoseAcknowledgementWasLost_AreCountedOnce()
    {
        await using var gateway = await StartAsync("p");
        var reporter = gateway.Services.GetRequiredService<OutcomeReporter>();
        reporter.Began("p");
        reporter.Ended("p", Tables.Report(Core.Providers.AttemptOutcome.Succeeded));

        gateway.Door.LosesAnswers = true;
        await reporter.FlushAsync(Patience);
        gateway.Door.LosesAnswers = false;
        await reporter.FlushAsync(Patience);

        Assert.Equal(0, reporter.InFlight("p"));
        Assert.Equal(1, (await _fixture.Provider("p").DescribeAsync())!.Outcomes.Single(o => o.Outcome == 0).Count);
    }

    private static IEnumerable<string> Providers(Gateway gateway) =>
        gateway.Feed.Current.Definitions.Providers.Select(p => p.Name).Order(StringComparer.Ordinal);

    // Both clocks move on until the feed has come to it; each round waits for the silo to answer, so that no round is lost.
    private async Task Until(Gateway gateway, Func<bool> reached, string what)
    {
        for (var i = 0; i < 400 && !reached(); i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(250));
            _fixture.Clock.Advance(TimeSpan.FromMilliseconds(250));
            await _fixture.Table().StatusAsync();
            await Task.Yield();
        }

        Assert.True(reached(), $"The feed was not {what} within 100 s of its clock; snapshot: {gateway.Feed.Current.Definitions.Version}.");
    }

    private async Task<Gateway> StartAsync(string provider, bool shut = false)
    {
        var options = new ProxyClusterOptions { Cluster = { DataDirectory = _directory, Redis = "elsewhere" } };
        options.Providers.Add(new ProviderOptions { Name = provider, Type = "openai", Models = { new ModelOptions { Id = "m" } } });
        var door = new ShuttableGrains(_fixture.Grains) { IsShut = shut };
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<TimeProvider>(_clock);
        builder.Services.AddMetrics();
        builder.Services.AddSingleton<IOptionsMonitor<ProxyClusterOptions>>(new ConfigurationInForce(options));
        builder.Services.AddSingleton(_fixture.Cluster.Client.ServiceProvider.GetRequiredService<Orleans.Serialization.Serializer>());
        builder.Services.AddSingleton(door.Factory);
        builder.Services.AddSingleton<KekSource>().AddSingleton<ISecretResolver, SecretResolver>().AddSingleton<PepperSource>().AddSingleton<DiskSeal>();
        builder.Services.AddRoutingFeed();
        var host = builder.Build();
        await host.StartAsync();
        return new Gateway(host, door);
    }

    private sealed class Gateway(IHost host, ShuttableGrains door) : IAsyncDisposable
    {
        public ShuttableGrains Door => door;

        public IServiceProvider Services => host.Services;

        public RoutingFeed Feed => host.Services.GetRequiredService<RoutingFeed>();

        public async ValueTask DisposeAsync()
        {
            await host.StopAsync();
            host.Dispose();
        }
    }
}
