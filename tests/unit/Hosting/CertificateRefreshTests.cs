using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.GatewayApi.Hosting.Tls;
using ProxyCluster.Tests.Unit.Security;

namespace ProxyCluster.Tests.Unit.Hosting;

/// <summary>A certificate that ends soon is told of once a day, and not any more when there is another.</summary>
public sealed class CertificateRefreshTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("proxycluster-certificate-");
    private readonly FakeTimeProvider _time = new(Now);
    private readonly RecordingLogger<CertificateRefresh> _log = new();

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    public void Dispose()
    {
        _services.Dispose();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public void Certificate_ThatEndsWithin14Days_IsWarnedOfOnceADay()
    {
        Write(TimeSpan.FromDays(15.5));
        using var refresh = Create();

        for (var hour = 0; hour < 4 * 24; hour++)
        {
            refresh.Look();
            _time.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(3, Warnings());
        Write(TimeSpan.FromDays(90));
        refresh.Look();
        _time.Advance(TimeSpan.FromDays(2));
        refresh.Look();
        Assert.Equal(3, Warnings());
    }

    private int Warnings() => _log.Lines.Count(static line => line.Level == LogLevel.Warning && line.Text.Contains("ends at", StringComparison.Ordinal));

    private CertificateRefresh Create() => new(
        [WatchedCertificate.Load("Listen:Tls", new(PathOf("c"), PathOf("k")))],
        _time,
        _services.GetRequiredService<IMeterFactory>(),
        _log);

    private string PathOf(string name) => Path.Combine(_directory.FullName, name);

    private void Write(TimeSpan life)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=gateway.test", key, HashAlgorithmName.SHA256).CreateSelfSigned(Now.AddDays(-100), Now + life);
        File.WriteAllText(PathOf("c"), certificate.ExportCertificatePem());
        File.WriteAllText(PathOf("k"), key.ExportPkcs8PrivateKeyPem());
    }
}
