using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace ProxyCluster.GatewayApi.Hosting.Tls;

/// <summary>A certificate of this process: a new connection gets the one that was read last, open ones keep theirs.</summary>
internal sealed class WatchedCertificate
{
    private readonly CertificateFiles _files;
    private byte[]? _seen;
    private volatile Shown _shown;

    private WatchedCertificate(string setting, CertificateFiles files, byte[]? seen, CertificatePair pair)
    {
        Setting = setting;
        _files = files;
        _seen = seen;
        _shown = Show(pair);
    }

    /// <summary>Where its files are configured.</summary>
    public string Setting { get; }

    /// <summary>The certificate, with its private key.</summary>
    public X509Certificate2 Leaf => _shown.Pair.Leaf;

    /// <summary>The certificate and what leads to its authority, for a connection that begins now.</summary>
    public SslStreamCertificateContext Context => _shown.Context;

    /// <summary>Who may sign the other side's certificate.</summary>
    public X509Certificate2Collection Authorities => _shown.Pair.Authorities;

    /// <summary>When it ends.</summary>
    public DateTimeOffset EndsAt => new(Leaf.NotAfter.ToUniversalTime(), TimeSpan.Zero);

    /// <summary>Whom it is for.</summary>
    public string Subject => Leaf.GetNameInfo(X509NameType.DnsName, forIssuer: false);

    /// <summary>Reads the files for the first time.</summary>
    /// <param name="setting">Where they are configured, for messages.</param>
    /// <param name="files">The files.</param>
    /// <exception cref="StartFault">They cannot be read, or do not belong together.</exception>
    public static WatchedCertificate Load(string setting, CertificateFiles files)
    {
        var seen = files.Fingerprint();
        return files.TryRead(out var pair, out var fault)
            ? new(setting, files, seen, pair)
            : throw new StartFault($"{setting}: {fault}");
    }

    /// <summary>Reads the files again if they have changed.</summary>
    /// <param name="fault">Why what is there now is not taken; the certificate before is kept.</param>
    /// <returns>Whether there is another certificate from now on.</returns>
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

    // Offline: what is missing of the chain is not looked for in the network of whoever wrote the certificate.
    private static Shown Show(CertificatePair pair) => new(pair, SslStreamCertificateContext.Create(pair.Leaf, pair.Chain, offline: true));

    private sealed record Shown(CertificatePair Pair, SslStreamCertificateContext Context);
}
