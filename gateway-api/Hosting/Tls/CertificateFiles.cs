using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ProxyCluster.GatewayApi.Hosting.Tls;

/// <summary>A certificate and its private key, in two PEM files as certificate managers write them.</summary>
/// <param name="certificate">The path of the certificate, with those that lead to its authority behind it.</param>
/// <param name="key">The path of the private key.</param>
internal sealed class CertificateFiles(string certificate, string key)
{
    private const long LargestFile = 1024 * 1024;

    /// <summary>The files' bytes, to see whether they have changed; <see langword="null"/>: they cannot be read now.</summary>
    public byte[]? Fingerprint()
    {
        try
        {
            return SHA256.HashData([.. Bytes(certificate), .. Bytes(key)]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Reads both files.</summary>
    /// <param name="pair">What they hold.</param>
    /// <param name="fault">What is wrong with them, without any of the key; <see langword="null"/>: nothing.</param>
    public bool TryRead([NotNullWhen(true)] out CertificatePair? pair, [NotNullWhen(false)] out string? fault)
    {
        pair = null;
        fault = null;
        var chain = new X509Certificate2Collection();
        try
        {
            chain.ImportFromPem(Text(certificate));
            if (chain.Count == 0)
            {
                fault = $"The file {certificate} holds no certificate in PEM form.";
                return false;
            }

            pair = new(WithKey(Text(certificate), Text(key)), chain);
            return true;
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

    private static string Text(string path) => System.Text.Encoding.UTF8.GetString(Bytes(path));

    private static byte[] Bytes(string path) => new FileInfo(path) is { Exists: true, Length: > LargestFile }
        ? throw new IOException($"The file {path} is too large for a certificate.")
        : File.ReadAllBytes(path);
}

/// <summary>What both files hold.</summary>
/// <param name="Leaf">The certificate with its private key.</param>
/// <param name="Chain">All certificates of the file, the leaf's first.</param>
internal sealed record CertificatePair(X509Certificate2 Leaf, X509Certificate2Collection Chain);
