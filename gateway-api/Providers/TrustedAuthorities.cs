using System.Diagnostics.CodeAnalysis;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Certificate authorities of the operator's own, trusted beside the system's: for servers inside a company, and proxies that end TLS.</summary>
internal sealed class TrustedAuthorities
{
    private const long LargestFile = 4 * 1024 * 1024;

    private readonly X509Certificate2Collection _authorities;

    private TrustedAuthorities(X509Certificate2Collection authorities) => _authorities = authorities;

    /// <summary>Reads a PEM file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="authorities">What it holds.</param>
    /// <param name="fault">What is wrong with it; <see langword="null"/>: nothing.</param>
    public static bool TryRead(string path, [NotNullWhen(true)] out TrustedAuthorities? authorities, [NotNullWhen(false)] out string? fault)
    {
        authorities = null;
        fault = null;
        var found = new X509Certificate2Collection();
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > LargestFile })
            {
                fault = $"The file {path} is too large for certificates.";
                return false;
            }

            found.ImportFromPemFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or CryptographicException)
        {
            fault = $"The file {path} cannot be read: {e.Message}";
            return false;
        }

        if (found.Count == 0)
        {
            fault = $"The file {path} holds no certificate in PEM form.";
            return false;
        }

        authorities = new TrustedAuthorities(found);
        return true;
    }

    /// <summary>Decides on a server's certificate: what the system trusts, and what leads to one of these and is otherwise right.</summary>
    public bool Accepts(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        // A wrong name, or no certificate at all, no authority can mend.
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 server)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // as HttpClient by default
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1")); // serverAuth, RFC 5280, 4.2.1.12
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        return chain.Build(server);
    }
}
