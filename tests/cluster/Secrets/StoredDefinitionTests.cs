using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Serialization;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Secrets;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Cluster.Secrets;

/// <summary>What of a provider's keys goes over Orleans' wire, into stores and onto the gateway's disk.</summary>
public sealed class StoredDefinitionTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private readonly string _directory = Directory.CreateTempSubdirectory("pc-snapshot-").FullName;
    private readonly ProxyClusterOptions _options = new();
    private readonly ConfigurationInForce _configuration;
    private readonly KekSource _keks;

    public StoredDefinitionTests()
    {
        _options.Cluster.DataDirectory = _directory;
        _options.Providers.Add(new ProviderOptions { Name = "of-the-file", Type = "openai", ApiKey = "planted-key-of-the-file" });
        _configuration = new ConfigurationInForce(_options);
        _keks = new KekSource(_configuration);
    }

    private Serializer Serializer => _services.GetRequiredService<Serializer>();

    private string SnapshotPath => Path.Combine(_directory, "gateway-snapshot");

    public void Dispose()
    {
        _services.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Definitions_OnTheWireAndInStores_HoldNoKey()
    {
        var bytes = Encoding.Latin1.GetString(Serializer.SerializeToArray(Definitions()));

        Assert.Contains("sealed:1:", bytes, StringComparison.Ordinal);
        Assert.Contains("config:of-the-file", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", bytes, StringComparison.Ordinal);
    }

    [Fact]
    public void Snapshot_OnDisk_IsReadBackAndShowsNothing()
    {
        Assert.True(File().Write(Definitions()));

        var read = File().Read()!;
        Assert.Equal(["of-the-file", "of-the-api"], read.Providers.Select(provider => provider.Name));
        var bytes = Encoding.Latin1.GetString(System.IO.File.ReadAllBytes(SnapshotPath));
        Assert.DoesNotContain("of-the-file", bytes, StringComparison.Ordinal);
        Assert.DoesNotContain("example", bytes, StringComparison.Ordinal);
        Assert.True(OperatingSystem.IsWindows() || System.IO.File.GetUnixFileMode(SnapshotPath) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Fact]
    public void Snapshot_ThatWasChangedTornOrIsAnothers_IsPassedOver()
    {
        Assert.True(File().Write(Definitions()));
        var whole = System.IO.File.ReadAllBytes(SnapshotPath);
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var changed = whole.ToArray();
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            System.IO.File.WriteAllBytes(SnapshotPath, i % 2 == 0 ? changed : whole[..random.Next(whole.Length)]);
            Assert.Null(File().Read());
        }

        System.IO.File.WriteAllBytes(SnapshotPath, whole);
        _options.Cluster.ServiceId = "another";
        Assert.Null(File().Read());
        _options.Cluster.ServiceId = new ProxyClusterOptions().Cluster.ServiceId;
        Assert.NotNull(File().Read());
        System.IO.File.Delete(Path.Combine(_directory, "kek"));
        Assert.Null(File(new KekSource(_configuration)).Read());
    }

    [Fact]
    public void Snapshot_OfAnotherFormatWithinASoundSeal_IsPassedOver()
    {
        var random = new Random(11);
        var content = Serializer.SerializeToArray(Definitions());
        for (var i = 0; i < 500; i++)
        {
            var changed = content.ToArray();
            for (var flips = 0; flips <= i % 8; flips++)
            {
                changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            }

            System.IO.File.WriteAllBytes(SnapshotPath, Seal(_keks).Seal(changed, "gateway-snapshot"));
            Assert.Null(Record.Exception(() => File().Read()));
        }
    }

    private RoutingDefinitions Definitions()
    {
        var file = DefinitionMapping.ToDefinition(_options.Providers[0]);
        var api = new ProviderDefinition { Name = "of-the-api", Type = "openai", BaseUrl = "https://api.example.com/v1", Source = DefinitionSource.Api };
        return RoutingDefinitions.Empty with
        {
            Providers = [file, api with { ApiKey = _keks.TrySeal("planted-key-of-the-api", ProviderKeyBinding.Of(api), out _) }],
        };
    }

    private SnapshotFile File(KekSource? keks = null) => new(Serializer, _configuration, Seal(keks ?? _keks), NullLogger<SnapshotFile>.Instance);

    private DiskSeal Seal(KekSource keks) => new(_configuration, keks, new PepperSource(_configuration, new SecretResolver(_configuration, keks)));
}
