using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Unit.Configuration;

/// <summary>Listeners with TLS, and the web pages that may call them.</summary>
public sealed class ListenRuleTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("proxycluster-listen-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Theory]
    [InlineData("""{ "Data": "https://127.0.0.1:8080" }""", "Listen:Data")]
    [InlineData("""{ "Data": "ftp://127.0.0.1:8080" }""", "Listen:Data")]
    [InlineData("""{ "Tls": { "Certificate": "tls.crt" } }""", "Listen:Tls:Key")]
    [InlineData("""{ "Tls": { "Key": "tls.key" } }""", "Listen:Tls:Certificate")]
    [InlineData("""{ "Tls": { "Certificate": "/nowhere/tls.crt", "Key": "/nowhere/tls.key" } }""", "Listen:Tls:Certificate")]
    [InlineData("""{ "AllowedOrigins": [ "https://app.example.com/" ] }""", "Listen:AllowedOrigins[0]")]
    [InlineData("""{ "AllowedOrigins": [ "https://app.example.com/page" ] }""", "Listen:AllowedOrigins[0]")]
    [InlineData("""{ "AllowedOrigins": [ "app.example.com" ] }""", "Listen:AllowedOrigins[0]")]
    [InlineData("""{ "AllowedOrigins": [ "*", "https://user@app.example.com" ] }""", "Listen:AllowedOrigins[1]")]
    public void Listener_ThatCannotBeOpened_IsRefused(string listen, string path) =>
        Assert.Equal(path, ConfigurationFiles.OnlyFault($$"""{ "Listen": {{listen}} }""").Path);

    [Theory]
    [InlineData("""{ "Certificate": "/nowhere/tls.crt" }""", "Key")]
    [InlineData("""{ "Authority": "/nowhere/ca.crt" }""", "Certificate")]
    [InlineData("""{ "Name": "cluster" }""", "Certificate")]
    public void ClusterTls_ThatIsHalfSet_IsRefused(string tls, string setting) =>
        Assert.Equal($"Cluster:Tls:{setting}", ConfigurationFiles.OnlyFault($$"""{ "Cluster": { "Tls": {{tls}} } }""").Path);

    [Fact]
    public void ClusterTls_WithoutAnAuthorityOrWithOneThatIsNone_IsRefused()
    {
        using var certificates = new Certificates();
        certificates.Write("a.test", Path("a.crt"), Path("a.key"));

        Assert.Empty(ConfigurationFiles.Read(Tls($", \"Authority\": \"{certificates.AuthorityFile}\", \"Name\": \"a.test\"")).Faults);
        Assert.Equal("Cluster:Tls:Authority", ConfigurationFiles.OnlyFault(Tls("")).Path);
        Assert.Equal("Cluster:Tls:Name", ConfigurationFiles.OnlyFault(Tls($", \"Authority\": \"{certificates.AuthorityFile}\", \"Name\": \"a b\"")).Path);
        Assert.Contains("may not sign", ConfigurationFiles.OnlyFault(Tls($", \"Authority\": \"{Path("a.crt")}\"")).ToString(), StringComparison.Ordinal);

        string Tls(string more) => $$"""{ "Cluster": { "Tls": { "Certificate": "{{Path("a.crt")}}", "Key": "{{Path("a.key")}}"{{more}} } } }""";
    }

    [Fact]
    public void Certificate_WithItsKey_IsTaken_AndWithAnothersIsNot()
    {
        using var certificates = new Certificates();
        certificates.Write("a.test", Path("a.crt"), Path("a.key"));
        certificates.Write("b.test", Path("b.crt"), Path("b.key"));

        Assert.Empty(ConfigurationFiles.Read(Listen("a.crt", "a.key")).Faults);
        var fault = ConfigurationFiles.OnlyFault(Listen("a.crt", "b.key"));
        Assert.Equal("Listen:Tls:Certificate", fault.Path);
        Assert.DoesNotContain(File.ReadAllLines(Path("b.key"))[1], fault.ToString(), StringComparison.Ordinal);

        string Listen(string certificate, string key) =>
            $$"""{ "Listen": { "Data": "https://127.0.0.1:8080", "Tls": { "Certificate": "{{Path(certificate)}}", "Key": "{{Path(key)}}" } } }""";
    }

    private string Path(string name) => System.IO.Path.Combine(_directory.FullName, name);
}
