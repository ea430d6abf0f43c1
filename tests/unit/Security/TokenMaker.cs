using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math.EC.Rfc8032;
using Org.BouncyCastle.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>An issuer: makes tokens byte by byte, as good ones and as no library would make them.</summary>
internal sealed class TokenMaker : IDisposable
{
    public const string Issuer = "https://issuer.example/";
    public const string Audience = "proxycluster";

    private readonly TimeProvider _clock;
    private readonly Dictionary<string, (RSA? Rsa, ECDsa? Curve, Ed25519PrivateKeyParameters? Edwards)> _keys = [];

    public TokenMaker(TimeProvider clock)
    {
        _clock = clock;
        _keys["rsa-1"] = (RSA.Create(2048), null, null);
        _keys["ec-1"] = (null, ECDsa.Create(ECCurve.NamedCurves.nistP256), null);
        _keys["ed-1"] = (null, null, new Ed25519PrivateKeyParameters(new SecureRandom()));
    }

    /// <summary>A secret of HS256.</summary>
    public static string Secret => "0123456789abcdef0123456789abcdef";

    public string RsaPem => _keys["rsa-1"].Rsa!.ExportSubjectPublicKeyInfoPem();

    public byte[] RsaDer => _keys["rsa-1"].Rsa!.ExportSubjectPublicKeyInfo();

    /// <summary>The public keys, as the issuer publishes them.</summary>
    public string Jwks => new JsonObject { ["keys"] = new JsonArray([.. _keys.Select(key => KeyOf(key.Key, key.Value))]) }.ToJsonString();

    /// <summary>The public keys without their ids.</summary>
    public string NamelessJwks
    {
        get
        {
            var set = JsonNode.Parse(Jwks)!;
            foreach (var key in set["keys"]!.AsArray())
            {
                key!.AsObject().Remove("kid");
            }

            return set.ToJsonString();
        }
    }

    /// <summary>Adds an RSA key, in the place of one of its name.</summary>
    public void Add(string id) => _keys[id] = (RSA.Create(2048), null, null);

    public void Remove(string id) => _keys.Remove(id);

    /// <summary>Claims that are taken.</summary>
    public JsonObject Claims(string user = "ada", double lifeSeconds = 600) => new()
    {
        ["iss"] = Issuer,
        ["aud"] = Audience,
        ["sub"] = user,
        ["exp"] = _clock.GetUtcNow().ToUnixTimeSeconds() + (long)lifeSeconds,
    };

    /// <summary>A token with a right signature.</summary>
    public string Sign(JsonObject claims, string key = "rsa-1", string? algorithm = null, JsonObject? header = null)
    {
        header ??= [];
        header["alg"] ??= algorithm ?? (key[0] == 'r' ? "RS256" : key == "ec-1" ? "ES256" : "EdDSA");
        header["kid"] ??= key;
        return Sign(header.ToJsonString(), claims.ToJsonString(), key);
    }

    /// <summary>A token with a right signature that does not say by which key.</summary>
    public string SignNameless(JsonObject claims, string key = "rsa-1") =>
        Sign(key[0] == 'r' ? """{"alg":"RS256"}""" : """{"alg":"ES256"}""", claims.ToJsonString(), key);

    /// <summary>A token of texts as they are, with a signature of the kind that the key makes.</summary>
    public string Sign(string header, string claims, string key)
    {
        var text = $"{Encode(header)}.{Encode(claims)}";
        var bytes = Encoding.ASCII.GetBytes(text);
        var (rsa, curve, edwards) = _keys[key];
        var hash = header.Contains("384", StringComparison.Ordinal) ? HashAlgorithmName.SHA384 : HashAlgorithmName.SHA256;
        byte[] signature;
        if (edwards is not null)
        {
            signature = new byte[Ed25519.SignatureSize];
            edwards.Sign(Ed25519.Algorithm.Ed25519, null, bytes, 0, bytes.Length, signature, 0);
        }
        else
        {
            signature = rsa?.SignData(bytes, hash, header.Contains("\"PS", StringComparison.Ordinal) ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1)
                ?? curve!.SignData(bytes, HashAlgorithmName.SHA256);
        }

        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>A token signed by a secret.</summary>
    public static string SignBySecret(string header, string claims, ReadOnlySpan<byte> secret)
    {
        var text = $"{Encode(header)}.{Encode(claims)}";
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(text)))}";
    }

    public static string SignBySecret(JsonObject claims) =>
        SignBySecret("""{"alg":"HS256","typ":"JWT"}""", claims.ToJsonString(), Encoding.UTF8.GetBytes(Secret));

    public static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    public void Dispose()
    {
        foreach (var (rsa, curve, _) in _keys.Values)
        {
            rsa?.Dispose();
            curve?.Dispose();
        }
    }

    private static JsonObject KeyOf(string id, (RSA? Rsa, ECDsa? Curve, Ed25519PrivateKeyParameters? Edwards) key)
    {
        if (key.Rsa?.ExportParameters(false) is { } rsa)
        {
            return new() { ["kty"] = "RSA", ["kid"] = id, ["use"] = "sig", ["n"] = Base64Url.EncodeToString(rsa.Modulus), ["e"] = Base64Url.EncodeToString(rsa.Exponent) };
        }

        if (key.Curve?.ExportParameters(false) is { } curve)
        {
            return new() { ["kty"] = "EC", ["kid"] = id, ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(curve.Q.X), ["y"] = Base64Url.EncodeToString(curve.Q.Y) };
        }

        return new() { ["kty"] = "OKP", ["kid"] = id, ["crv"] = "Ed25519", ["x"] = Base64Url.EncodeToString(key.Edwards!.GeneratePublicKey().GetEncoded()) };
    }
}
