using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Faults;

/// <summary>A cluster with TLS: who cannot show a certificate of its authority reaches no grain (RELIABILITY S26).</summary>
public sealed class ClusterTlsTests : IAsyncLifetime
{
    private const string Name = "cluster.test";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan LongEnoughToJoin = TimeSpan.FromSeconds(6);

    private readonly Certificates _certificates = new();
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("proxycluster-cluster-tls-");
    private readonly string _adminKey = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));
    private readonly string _pepper = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));
    private RedisServer _redis = null!;
    private SiloProcess _first = null!;
    private SiloProcess _second = null!;

    public async ValueTask InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _first = await SiloProcess.StartAsync(Options("silo", Tls("silo", Name)));
        _second = await SiloProcess.StartAsync(Options("silo", Tls("silo", Name)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in new IAsyncDisposable?[] { _second, _first, _redis })
        {
            await (one?.DisposeAsync() ?? default);
        }

        _certificates.Dispose();
        _directory.Delete(recursive: true);
    }

    // On a busy machine it may not listen yet.
    private static async Task<HttpResponseMessage> AskAsync(HttpClient admin, GatewayProcess gateway)
    {
        var change = (HttpResponseMessage?)null;
        await Wait.UntilAsync(
            async () =>
            {
                Assert.False(gateway.Process.HasExited, gateway.Process.Output);
                try
                {
                    change = await admin.PostAsJsonAsync("/admin/v1/teams", new { id = "stranger" });
                }
                catch (HttpRequestException)
                {
                    // It is asked again.
                }

                return change is not null;
            },
            "the stranger listens",
            TimeSpan.FromSeconds(60));
        return change!;
    }

    [Fact]
    public async Task Gateway_WithACertificateOfTheCluster_Joins_AndOneWithoutReachesNoGrain()
    {
        await using var good = await GatewayProcess.StartAsync(Options("all", Tls("good", Name)));
        await AssertJoinedAsync(good);

        using var otherAuthority = new Certificates();
        JsonObject?[] strangers =
        [
            null,
            Tls("stranger", Name, otherAuthority),
            Tls("expired", Name, until: TimeProvider.System.GetUtcNow().AddHours(-1)),
            Tls("other-name", "other.test"),
        ];
        var started = await Task.WhenAll(strangers.Select(tls => GatewayProcess.StartAsync(Options("all", tls) with { WaitUntilReady = false })));
        await Task.Delay(LongEnoughToJoin, TimeProvider.System);
        foreach (var (stranger, tls) in started.Zip(strangers))
        {
            await using var gateway = stranger;
            Assert.False(gateway.Process.HasExited, gateway.Process.Output);
            using var admin = Admin(gateway.Admin);
            using var change = await AskAsync(admin, gateway);
            Assert.True(change.StatusCode == HttpStatusCode.ServiceUnavailable, $"{tls}: {(int)change.StatusCode} {await change.Content.ReadAsStringAsync()}");
        }

        using var members = Admin(good.Admin);
        using var none = await members.GetAsync("/admin/v1/teams/stranger");
        Assert.Equal(HttpStatusCode.NotFound, none.StatusCode);
    }

    [Fact]
    public async Task Ports_OfASilo_LetInNobodyWithoutACertificate()
    {
        foreach (var port in new[] { _first.GatewayPort, _first.SiloPort })
        {
            // What Orleans would send first, in the clear.
            using var plain = new TcpClient();
            await plain.ConnectAsync(IPAddress.Loopback, port);
            await plain.GetStream().WriteAsync(new byte[64]);
            await AssertClosedAsync(plain.GetStream());

            using var bare = new TcpClient();
            await bare.ConnectAsync(IPAddress.Loopback, port);
            await using var stream = new SslStream(bare.GetStream());
            try
            {
                await stream.AuthenticateAsClientAsync(Trusting(null));
                await stream.WriteAsync(new byte[64]);
                await AssertClosedAsync(stream);
            }
            catch (Exception refused) when (refused is AuthenticationException or IOException)
            {
                // The older TLS refuses in the handshake, 1.3 behind it.
            }

            using var silent = new TcpClient();
            await silent.ConnectAsync(IPAddress.Loopback, port);
            await AssertClosedAsync(silent.GetStream());
        }
    }

    [Fact]
    public async Task Certificate_ThatIsReplaced_IsShownToWhoComesNext_AndNobodyIsCutOff()
    {
        await using var gateway = await GatewayProcess.StartAsync(Options("all", Tls("gateway", Name)));
        await AssertJoinedAsync(gateway);
        var before = await ShownAsync(_first.GatewayPort);

        var next = _certificates.Write(Name, PathOf("silo.crt"), PathOf("silo.key"));
        Assert.NotEqual(before, next);
        await Wait.UntilAsync(async () => await ShownAsync(_first.GatewayPort) == next, "the next certificate is shown", Patience);
        await AssertJoinedAsync(gateway);
        await using var another = await GatewayProcess.StartAsync(Options("all", Tls("another", Name)));
        await AssertJoinedAsync(another);
    }

    // A team is made by one silo's grain and, with other names, by the other's.
    private async Task AssertJoinedAsync(GatewayProcess gateway)
    {
        using var admin = Admin(gateway.Admin);
        for (var i = 0; i < 8; i++)
        {
            var id = $"team-{i}-{gateway.Process.Id}-{RandomNumberGenerator.GetHexString(6)}";
            using var made = await admin.PostAsJsonAsync("/admin/v1/teams", new { id });
            Assert.True(made.StatusCode == HttpStatusCode.Created, $"{(int)made.StatusCode} {await made.Content.ReadAsStringAsync()}");
        }
    }

    private static async Task AssertClosedAsync(Stream stream)
    {
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            var buffer = new byte[4096];
            while (await stream.ReadAsync(buffer, limit.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset: closed all the same.
        }
    }

    private async Task<string> ShownAsync(int port)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using var stream = new SslStream(client.GetStream());
        using var own = _certificates.Sign(Name);
        await stream.AuthenticateAsClientAsync(Trusting(own));
        return ((X509Certificate2)stream.RemoteCertificate!).SerialNumber;
    }

    private SslClientAuthenticationOptions Trusting(X509Certificate2? own)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(_certificates.AuthorityFile);
        return new() { TargetHost = Name, CertificateChainPolicy = policy, ClientCertificates = own is null ? null : [own] };
    }

    private JsonObject Tls(string file, string name, Certificates? authority = null, DateTimeOffset? until = null)
    {
        if (!File.Exists(PathOf(file + ".crt")))
        {
            (authority ?? _certificates).Write(name, PathOf(file + ".crt"), PathOf(file + ".key"), until);
        }

        return new() { ["Certificate"] = PathOf(file + ".crt"), ["Key"] = PathOf(file + ".key"), ["Authority"] = _certificates.AuthorityFile, [nameof(Name)] = Name };
    }

    private string PathOf(string file) => Path.Combine(_directory.FullName, file);

    private HttpClient Admin(Uri address)
    {
        var client = TestHttp.Client(address);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _adminKey);
        return client;
    }

    private ProgramOptions Options(string role, JsonObject? tls) => new()
    {
        Environment = new Dictionary<string, string?> { ["PC_TEST_PEPPER"] = _pepper, ["PC_TEST_ADMIN_KEY"] = _adminKey },
        Config = new JsonObject
        {
            ["Role"] = role,
            ["Cluster"] = new JsonObject { ["Redis"] = _redis.ConnectionString, ["AdvertisedAddress"] = "127.0.0.1", ["Tls"] = tls?.DeepClone() ?? new JsonObject() },
            ["Auth"] = new JsonObject
            {
                ["Required"] = true,
                ["Pepper"] = "${PC_TEST_PEPPER}",
                ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "admin", ["Key"] = "${PC_TEST_ADMIN_KEY}", ["Roles"] = new JsonArray("admin") }),
            },
            ["Providers"] = new JsonArray(new JsonObject { ["Name"] = "sim", ["Type"] = "simulator" }),
        },
    };
}
