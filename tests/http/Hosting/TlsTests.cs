using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Hosting;

/// <summary>Listeners with a certificate from files that others write: who trusts its authority is served, and a new one needs no restart.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly Certificates _certificates = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("proxycluster-tls-");
    private SiloProcess _silo = null!;
    private string _serial = "";
    private Uri _data = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string CertificateFile => Path.Combine(_directory.FullName, "tls.crt");

    private string KeyFile => Path.Combine(_directory.FullName, "tls.key");

    public async ValueTask InitializeAsync()
    {
        _serial = _certificates.Write("localhost", CertificateFile, KeyFile);
        _data = new Uri($"https://127.0.0.1:{FreePorts.Next()}");
        _silo = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Listen"] = new JsonObject
                {
                    ["Data"] = _data.GetLeftPart(UriPartial.Authority),
                    ["Tls"] = new JsonObject { ["Certificate"] = CertificateFile, ["Key"] = KeyFile },
                },
                ["Providers"] = new JsonArray(new JsonObject { ["Name"] = "sim", ["Type"] = "simulator" }),
            },
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_silo is not null)
        {
            await _silo.DisposeAsync();
        }

        _certificates.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Certificate_IsShown_AndAnotherOneFromTheNextConnectionOn()
    {
        using var client = Client();
        await ChatAsync(client);
        Assert.Equal(_serial, await ShownAsync());

        // Half of a change, then a pair that does not fit: the one before goes on.
        await File.WriteAllTextAsync(CertificateFile, "-----BEGIN CERTIFICATE-----\nhalf", Cancel);
        await _silo.Process.WaitForOutputAsync("are not taken", Patience);
        Assert.Equal(_serial, await ShownAsync());
        _certificates.Write("localhost", CertificateFile, Path.Combine(_directory.FullName, "other.key"));
        await Wait.UntilAsync(() => Task.FromResult(_silo.Process.Output.Split("are not taken").Length > 2), "the pair that does not fit is told of", Patience);
        Assert.Equal(_serial, await ShownAsync());

        var next = _certificates.Write("localhost", CertificateFile, KeyFile);
        await Wait.UntilAsync(async () => await ShownAsync() == next, "the next certificate is shown", Patience);
        await ChatAsync(client);
        using var another = Client();
        await ChatAsync(another);
        Assert.InRange(await Metrics.SumAsync(_silo.Ops, "proxycluster_hosting_certificate_expires_in_seconds"), TimeSpan.FromDays(1).TotalSeconds, TimeSpan.FromDays(31).TotalSeconds);
    }

    [Fact]
    public async Task ClientThatTrustsAnotherAuthority_OrSpeaksPlainly_IsNotServed()
    {
        using var strangers = new Certificates();
        await Assert.ThrowsAsync<AuthenticationException>(() => ShownAsync(strangers));

        using var plain = await RawHttp.ConnectAsync(_data);
        await plain.SendAsync("GET /v1/models HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
        Assert.DoesNotContain("HTTP/1.1 200", await plain.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handshake_ThatNeverEnds_IsGivenUp()
    {
        using var client = await RawHttp.ConnectAsync(_data);
        await client.SendAsync("\u0016\u0003\u0001");

        var closed = client.ReadToEndAsync();

        Assert.Same(closed, await Task.WhenAny(closed, Task.Delay(Patience, TimeProvider.System, Cancel)));
    }

    private HttpClient Client()
    {
        var handler = new SocketsHttpHandler { UseProxy = false, SslOptions = Trusting(_certificates) };
#pragma warning disable RS0030 // The connections are what is tested.
        return new HttpClient(handler) { BaseAddress = new Uri($"https://localhost:{_data.Port}"), Timeout = Patience };
#pragma warning restore RS0030
    }

    private async Task<string> ShownAsync(Certificates? trusted = null)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _data.Port, Cancel);
        await using var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsClientAsync(Trusting(trusted ?? _certificates), Cancel);
        return new X509Certificate2(stream.RemoteCertificate!).SerialNumber;
    }

    private static SslClientAuthenticationOptions Trusting(Certificates certificates)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(certificates.AuthorityFile);
        return new() { TargetHost = "localhost", CertificateChainPolicy = policy };
    }

    private static async Task ChatAsync(HttpClient client)
    {
        using var answer = await client.PostAsJsonAsync("/v1/chat/completions", new { model = "simulator", messages = new[] { new { role = "user", content = "Hello" } } }, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
