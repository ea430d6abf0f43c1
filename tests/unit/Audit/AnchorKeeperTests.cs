using System.Diagnostics.Metrics;
using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.ConnectionPools;
using ProxyCluster.GatewayApi.Outbound;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GrainInterfaces.Audit;
using ProxyCluster.Tests.Unit.Security;

namespace ProxyCluster.Tests.Unit.Audit;

public sealed class AnchorKeeperTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pc-anchors-").FullName;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly StubAuditGrain _actions = new();
    private readonly RecordingLogger<AnchorKeeper> _logger = new();
    private readonly ProxyClusterOptions _options = new();
    private readonly OneSecret _secrets = new();
    private readonly SecurityEvents _events;
    private readonly AnchorPlaces _places;
    private readonly AnchorKeeper _keeper;

    public AnchorKeeperTests()
    {
        var clock = new FakeTimeProvider(AuditWorld.Noon);
        var (grains, stub) = StubGrainFactory.Create();
        stub.Put<IAuditGrain>("local/actions", _actions);
        stub.Put<IAuditGrain>("local/events", new StubAuditGrain());
        _options.Audit.Anchors.Directory = _directory;
        var configuration = new ConfigurationInForce(_options);
        _events = new SecurityEvents(clock);
        _places = new AnchorPlaces(_secrets, new OutboundGuard(configuration, new NoNames(), _events, clock, NullLogger<OutboundGuard>.Instance), clock);
        var metrics = new SecurityEventMetrics(_services.GetRequiredService<IMeterFactory>());
        _keeper = new AnchorKeeper(grains, _places, metrics, configuration, clock, _logger);
    }

    public void Dispose()
    {
        _keeper.Dispose();
        _places.Dispose();
        _services.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Anchor_IsAddedToTheDaysFileAndToldInTheLog_WhereThereIsSomethingNew()
    {
        await AnchorAsync(0);
        await AnchorAsync(3);
        await AnchorAsync(3);
        await AnchorAsync(5);

        Assert.Equal([3, 5], Anchors().Select(anchor => anchor.Seq));
        Assert.Equal(["anchors-2026-01-01.jsonl"], Directory.GetFiles(_directory).Select(Path.GetFileName));
        Assert.Equal(2, _logger.Lines.Count(line => line.Text.StartsWith("Audit anchor {", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Anchor_IsSignedWhereThereIsAKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _secrets.Value = key.ExportPkcs8PrivateKeyPem();
        _options.Audit.Anchors.SigningKey = "${KEY}";

        await AnchorAsync(3);

        Assert.True(Assert.Single(Anchors()).IsSignedBy(key));
    }

    [Fact]
    public async Task Anchor_ThatThereIsNoKeyFor_IsNotPutUnsigned()
    {
        _secrets.Value = "no key";
        _options.Audit.Anchors.SigningKey = "${KEY}";

        await AnchorAsync(3);

        Assert.Empty(Directory.GetFiles(_directory));
        Assert.Contains(_logger.Lines, line => line.Level == LogLevel.Error);
    }

    [Fact]
    public async Task Anchor_ThatTheAddressDoesNotTake_IsInTheFile_AndIsPutAgain()
    {
        // Port 9 of loopback: nobody listens there.
        _options.Audit.Anchors.Url = "http://127.0.0.1:9/";

        await AnchorAsync(3);
        await AnchorAsync(3);

        Assert.Equal([3, 3], Anchors().Select(anchor => anchor.Seq));
        Assert.Contains(_logger.Lines, line => line.Level == LogLevel.Error && line.Text.Contains("url", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("http://[fd00:ec2::254]/")]
    public async Task Anchor_ForAMetadataService_IsSentToNobody(string url)
    {
        _options.Audit.Anchors.Url = url;

        await AnchorAsync(3);

        Assert.Equal(SecurityEventType.UpstreamForbidden, Assert.Single(_events.Latest()).Type);
        Assert.Equal([3], Anchors().Select(anchor => anchor.Seq));
    }

    private Task AnchorAsync(long seq)
    {
        _actions.Tail = seq == 0 ? AuditTail.Empty : new(seq, new string('a', 64), AuditWorld.Noon);
        return _keeper.AnchorAsync(TestContext.Current.CancellationToken);
    }

    private List<AuditAnchor> Anchors() =>
    [
        .. Directory.GetFiles(_directory).SelectMany(File.ReadLines).Select(line => AuditAnchor.TryRead(line, out var anchor) ? anchor : throw new InvalidDataException(line)),
    ];

    private sealed class NoNames : IHostResolver
    {
        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => throw new NotSupportedException(host);
    }

    private sealed class OneSecret : ISecretResolver
    {
        public string Value { get; set; } = "";

        public bool TryResolve(string reference, out Secret? secret, out string? fault)
        {
            (secret, fault) = (new Secret(Value), null);
            return true;
        }
    }
}
