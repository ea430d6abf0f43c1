using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ProxyCluster.GatewayApi.Hosting.Tls;

/// <summary>The certificate that the listeners show: a new connection gets the one that was read last.</summary>
internal sealed class ServerCertificate
{
    private readonly CertificateFiles _files;
    private byte[]? _seen;
    private volatile Shown _shown;

    private ServerCertificate(CertificateFiles files, byte[]? seen, Shown shown)
    {
        _files = files;
        _seen = seen;
        _shown = shown;
    }

    /// <summary>For a connection that begins now.</summary>
    public SslServerAuthenticationOptions Options => _shown.Options;

    /// <summary>When it ends.</summary>
    public DateTimeOffset EndsAt => _shown.EndsAt;

    /// <summary>Whom it is for.</summary>
    public string Subject => _shown.Subject;

    /// <summary>Reads the files for the first time.</summary>
    /// <exception cref="StartFault">They cannot be read, or do not belong together.</exception>
    public static ServerCertificate Load(string certificate, string key)
    {
        var files = new CertificateFiles(certificate, key);
        var seen = files.Fingerprint();
        return files.TryRead(out var pair, out var fault)
            ? new(files, seen, Show(pair))
            : throw new StartFault($"Listen:Tls: {fault}");
    }

    /// <summary>Reads the files again if they have changed. Connections that are open keep what they were shown.</summary>
    /// <param name="fault">Why what is there now is not shown; the one before is.</param>
    /// <returns>Whether another certificate is shown from now on.</returns>
    public bool Refresh(out string? fault)
    {
        fault = null;

        // The bytes and not the times: those who write such files swap links, which keep their targets' times.
        if (_files.Fingerprint() is not { } now || now.AsSpan().SequenceEqual(_seen))
        {
            return false;
        }

        _seen = now;
        if (!_files.TryRead(out var pair, out fault))
        {
            return false;
        }

        _shown = Show(pair);
        return true;
    }

    private static Shown Show(CertificatePair pair) => new(
        new SslServerAuthenticationOptions
        {
            // Offline: what is missing of the chain is not looked for in the network of whoever wrote the certificate.
            ServerCertificateContext = SslStreamCertificateContext.Create(pair.Leaf, pair.Chain, offline: true),
            ApplicationProtocols = [SslApplicationProtocol.Http11],
        },
        new DateTimeOffset(pair.Leaf.NotAfter.ToUniversalTime(), TimeSpan.Zero),
        pair.Leaf.GetNameInfo(X509NameType.DnsName, forIssuer: false));

    private sealed record Shown(SslServerAuthenticationOptions Options, DateTimeOffset EndsAt, string Subject);
}
