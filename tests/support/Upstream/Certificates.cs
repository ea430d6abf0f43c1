using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>A certificate authority that nobody knows, and what it signs.</summary>
public sealed class Certificates : IDisposable
{
    private static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddDays(-1);
    private static readonly DateTimeOffset To = From.AddDays(30);

    private readonly X509Certificate2 _authority;

    public Certificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(From, To);
        AuthorityFile = Path.GetTempFileName();
        File.WriteAllText(AuthorityFile, _authority.ExportCertificatePem());
    }

    /// <summary>The authority's certificate, PEM.</summary>
    public string AuthorityFile { get; }

    /// <summary>A certificate of a host, with its private key.</summary>
    /// <param name="host">Its name.</param>
    /// <param name="until">When it ends; <see langword="null"/>: not during any test.</param>
    public X509Certificate2 Sign(string host, DateTimeOffset? until = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var signed = request.Create(_authority, From, until ?? To, RandomNumberGenerator.GetBytes(16));
        using var withKey = signed.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);
    }

    /// <summary>Writes a certificate of a host and its private key, PEM, as certificate managers do.</summary>
    /// <param name="host">Its name.</param>
    /// <param name="certificateFile">Where the certificate goes.</param>
    /// <param name="keyFile">Where its private key goes.</param>
    /// <param name="until">When it ends; <see langword="null"/>: not during any test.</param>
    /// <returns>The certificate's serial number.</returns>
    public string Write(string host, string certificateFile, string keyFile, DateTimeOffset? until = null)
    {
        using var certificate = Sign(host, until);
        using var key = certificate.GetECDsaPrivateKey()!;
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(certificateFile, certificate.ExportCertificatePem());
        return certificate.SerialNumber;
    }

    public void Dispose()
    {
        _authority.Dispose();
        File.Delete(AuthorityFile);
    }
}
