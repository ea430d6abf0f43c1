using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>Reads key sets (RFC 7517). Keys that are not for signatures, too weak or of a kind we do not know are left out, secrets always.</summary>
internal static class JwksReader
{
    private const int MostKeys = 64;
    private const int LeastRsaBits = 2048;

    /// <summary>Reads a key set.</summary>
    /// <param name="json">As fetched.</param>
    /// <exception cref="JwksException">It is none, or holds no key that signatures can be checked with.</exception>
    public static ImmutableArray<JwksKey> Read(string json)
    {
        try
        {
            var keys = new JsonWebKeySet(json).Keys.Take(MostKeys).Select(Create).OfType<JwksKey>().ToImmutableArray();
            return keys.Length > 0 ? keys : throw new JwksException("The key set has no key that signatures can be checked with.");
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or FormatException or InvalidOperationException)
        {
            throw new JwksException("The answer is no key set.", exception);
        }
    }

    private static JwksKey? Create(JsonWebKey key)
    {
        if (key.Use is { Length: > 0 } and not "sig")
        {
            return null;
        }

        try
        {
            var (kind, made) = key.Kty switch
            {
                "RSA" => (JwksKeyKind.Rsa, Rsa(key)),
                "EC" => Curve(key),
                "OKP" when key.Crv == "Ed25519" => (JwksKeyKind.Ed25519, Ed25519Key.Create(Base64UrlEncoder.DecodeBytes(key.X))),
                _ => (JwksKeyKind.None, null),
            };
            return made is null ? null : new JwksKey(NullIfEmpty(key.Kid), NullIfEmpty(key.Alg), kind, made, $"{key.N}{key.X}.{key.E}{key.Y}");
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException or FormatException or PlatformNotSupportedException)
        {
            // One key that cannot be used must not take the others away.
            return null;
        }
    }

    private static RsaSecurityKey? Rsa(JsonWebKey key)
    {
        var made = new RsaSecurityKey(new RSAParameters
        {
            Modulus = Base64UrlEncoder.DecodeBytes(key.N),
            Exponent = Base64UrlEncoder.DecodeBytes(key.E),
        });
        return made.KeySize >= LeastRsaBits ? made : null;
    }

    private static (JwksKeyKind Kind, SecurityKey? Key) Curve(JsonWebKey key)
    {
        var (kind, curve) = key.Crv switch
        {
            "P-256" => (JwksKeyKind.P256, ECCurve.NamedCurves.nistP256),
            "P-384" => (JwksKeyKind.P384, ECCurve.NamedCurves.nistP384),
            "P-521" => (JwksKeyKind.P521, ECCurve.NamedCurves.nistP521),
            _ => (JwksKeyKind.None, default),
        };
        if (kind == JwksKeyKind.None)
        {
            return default;
        }

        var point = new ECPoint { X = Base64UrlEncoder.DecodeBytes(key.X), Y = Base64UrlEncoder.DecodeBytes(key.Y) };
        return (kind, new ECDsaSecurityKey(ECDsa.Create(new ECParameters { Curve = curve, Q = point })));
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
