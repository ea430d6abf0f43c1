using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace ProxyCluster.GatewayApi.Hosting.Tls;

/// <summary>A certificate, its private key, and who may sign the other side's, in PEM files as certificate managers write them.</summary>
/// <param name="certificate">The path of the certificate, with those that lead to its authority behind it.</param>
/// <param name="key">The path of the private key.</param>
/// <param name="authority">The path of the authorities' certificates; <see langword="null"/>: the other side shows none.</param>
internal sealed class CertificateFiles(string certificate, string key, string? authority = null)
{
    private const long LargestFile = 1024 * 1024;

    /// <summary>A hash of the files' bytes, to see whether they have changed; <see langword="null"/>: they cannot be read now.</summary>
    public byte[]? Fingerprint()
    {
        try
        {
            return SHA256.HashData([.. Bytes(certificate), .. Bytes(key), .. authority is null ? [] : Bytes(authority)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads the files.</summary>
    /// <param name="pair">What they hold.</param>
    /// <param name="fault">What is wrong with them, without any of the key; <see langword="null"/>: nothing.</param>
    public bool TryRead([NotNullWhen(true)] out CertificatePair? pair, [NotNullWhen(false)] out string? fault)
    {
        pair = null;
        try
        {
            var authorities = new X509Certificate2Collection();
            fault = ReadAll(certificate, out var chain) ?? ReadAuthorities(out authorities);
            pair = fault is null ? new(WithKey(Text(certificate), Text(key)), chain, authorities) : null;
            return pair is not null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            fault = $"A file cannot be read: {e.Message}";
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            // What .NET says of a key could quote from it.
            fault = $"The file {key} does not hold the private key of the first certificate of {certificate}, unencrypted, in PEM form.";
        }

        return false;
    }

    private static string? ReadAll(string path, out X509Certificate2Collection found)
    {
        found = [];
        try
        {
            found.ImportFromPem(Text(path));
        }
        catch (CryptographicException)
        {
            return $"The file {path} holds what is no certificate in PEM form.";
        }

        return found.Count == 0 ? $"The file {path} holds no certificate in PEM form." : null;
    }

    private string? ReadAuthorities(out X509Certificate2Collection authorities)
    {
        authorities = [];
        if (authority is null)
        {
            return null;
        }

        if (ReadAll(authority, out authorities) is { } unreadable)
        {
            return unreadable;
        }

        return authorities.FirstOrDefault(static one => !IsAuthority(one)) is { } other
            ? $"The file {authority} holds the certificate of {other.Subject}, which may not sign others."
            : null;
    }

    private static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(static one => one.CertificateAuthority);

    private static X509Certificate2 WithKey(string certificate, string key)
    {
        var pair = X509Certificate2.CreateFromPem(certificate, key);
        if (!OperatingSystem.IsWindows())
        {
            return pair;
        }

        // Windows takes no key for TLS that was never in a store of its own.
        using (pair)
        {
            return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
        }
    }

    private static string Text(string path) => Encoding.UTF8.GetString(Bytes(path));

    private static byte[] Bytes(string path) => new FileInfo(path) is { Exists: true, Length: > LargestFile }
        ? throw new IOException($"The file {path} is too large for a certificate.")
        : File.ReadAllBytes(path);
}

/// <summary>What the files hold.</summary>
/// <param name="Leaf">The certificate with its private key.</param>
/// <param name="Chain">All certificates of the file, the leaf's first.</param>
/// <param name="Authorities">Who may sign the other side's certificate.</param>
internal sealed record CertificatePair(X509Certificate2 Leaf, X509Certificate2Collection Chain, X509Certificate2Collection Authorities);
