using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Secrets;
using ProxyCluster.Tests.Unit.Security;

namespace ProxyCluster.Tests.Unit.Secrets;

public sealed class KekSourceTests : IDisposable
{
    private static readonly SecretBinding Binding = new("provider-key", "a", "");

    private readonly string _directory = Directory.CreateTempSubdirectory("pc-kek-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Kek_OfAnEmbeddedProcess_IsMadeOnceAndForItsUserAlone()
    {
        var envelope = Source().TrySeal("secret", Binding, out var fault);

        Assert.Null(fault);
        Assert.True(SecretEnvelope.TryOpen(envelope!, Binding, Source().Ring!, out var secret, out _));
        Assert.Equal("secret", secret);
        Assert.True(SecurityWorld.IsPrivate(Path.Combine(_directory, "kek")));
    }

    [Fact]
    public void Kek_OfAClusterWithoutOne_IsNotMade()
    {
        var source = Source(options => options.Cluster.Redis = "localhost");

        Assert.Null(source.TrySeal("secret", Binding, out var fault));
        Assert.StartsWith("Secrets:Kek is not set, so that this cluster stores no secrets", fault, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_directory));
    }

    [Fact]
    public void Kek_OfAFile_ComesWithTheOneBeforeIt()
    {
        var (now, before) = (Written("now", 'n'), Written("before", 'b'));
        var old = Source(options => options.Secrets.Kek = before).TrySeal("secret", Binding, out _);

        var ring = Source(options => (options.Secrets.Kek, options.Secrets.PreviousKek) = (now, before)).Ring!;

        Assert.True(SecretEnvelope.TryOpen(old!, Binding, ring, out var secret, out _));
        Assert.Equal("secret", secret);
        Assert.NotEqual(ring.Current.Id, ring.Previous!.Id);
    }

    [Theory]
    [InlineData("too-short", "Secrets:Kek is too short: it must be at least 32 bytes, for example from 'openssl rand -hex 32'.")]
    [InlineData("${PC_TEST_UNSET}", "Secrets:Kek cannot be read: The environment variable PC_TEST_UNSET is not set.")]
    public void Kek_ThatCannotBeUsed_SaysWhy(string kek, string expected)
    {
        var source = Source(options => options.Secrets.Kek = kek);

        Assert.Null(source.Ring);
        Assert.Equal(expected, source.Fault);
    }

    private string Written(string name, char letter)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, new string(letter, 40) + "\n");
        return "file:" + path;
    }

    private KekSource Source(Action<ProxyClusterOptions>? configure = null)
    {
        var options = new ProxyClusterOptions();
        options.Cluster.DataDirectory = _directory;
        configure?.Invoke(options);
        return new(new ConfigurationInForce(options));
    }
}
