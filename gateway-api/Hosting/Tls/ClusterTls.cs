using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Hosting.Tls;

/// <summary>
/// Mutual TLS on every connection of the cluster (RELIABILITY S26): who cannot show a certificate of the cluster's authority
/// reaches no grain.
/// </summary>
internal sealed class ClusterTls
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    private readonly string? _name;

    private ClusterTls(WatchedCertificate certificate, string? name)
    {
        Certificate = certificate;
        _name = name;
    }

    /// <summary>What this process shows.</summary>
    public WatchedCertificate Certificate { get; }

    /// <summary>As configured; <see langword="null"/>: no TLS.</summary>
    /// <exception cref="StartFault">The files cannot be read, or do not belong together.</exception>
    public static ClusterTls? Load(ClusterTlsOptions options) =>
        options is { Certificate: { } certificate, Key: { } key, Authority: { } authority }
            ? new(WatchedCertificate.Load("Cluster:Tls", new(certificate, key, authority)), options.Name)
            : null;

    /// <summary>Has Orleans's connections, whichever side opens them, show and ask for certificates.</summary>
    public void Configure(TlsOptions tls)
    {
        tls.LocalCertificate = Certificate.Leaf;
        tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.HandshakeTimeout = HandshakeTimeout;
        tls.RemoteCertificateValidation = (peer, _, errors) => IsTaken(peer, errors);
        tls.OnAuthenticateAsServer = (_, options) =>
        {
            var server = (SslServerAuthenticationOptions)options.SslServerAuthenticationOptions;
            server.ServerCertificate = null;
            server.ServerCertificateSelectionCallback = null;
            server.ServerCertificateContext = Certificate.Context;
            server.ClientCertificateRequired = true;
            server.CertificateChainPolicy = Policy();
        };
        tls.OnAuthenticateAsClient = (_, options) =>
        {
            var client = (SslClientAuthenticationOptions)options.SslClientAuthenticationOptions;
            client.TargetHost = _name ?? "";
            client.ClientCertificates = null;
            client.LocalCertificateSelectionCallback = null;
            client.ClientCertificateContext = Certificate.Context;
            client.CertificateChainPolicy = Policy();
        };
    }

    // The name is compared here, since it is asked of both sides, and addresses of silos are in no certificate.
    private bool IsTaken(X509Certificate2 peer, SslPolicyErrors errors) =>
        (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None
        && (_name is null || peer.MatchesHostname(_name, allowWildcards: false, allowCommonName: false));

    // The cluster's authorities alone, and none of the system's. .NET adds which side the certificate must be good for. What such
    // an authority takes back is told by no list: a certificate is let in until it ends.
    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.AddRange(Certificate.Authorities);
        return policy;
    }
}
