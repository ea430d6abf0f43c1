using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// A Google service account as its key file tells it, and the assertion by which it asks for a token (RFC 7523, and
/// developers.google.com/identity/protocols/oauth2/service-account). Prints without its key.
/// </summary>
internal sealed class ServiceAccount
{
    private const string UsualTokenUri = "https://oauth2.googleapis.com/token";
    private const string Scope = "https://www.googleapis.com/auth/cloud-platform";

    private static readonly TimeSpan AssertionLifetime = TimeSpan.FromHours(1);

    private readonly string _privateKey;

    private ServiceAccount(string email, string privateKey, string? keyId, string? projectId, Uri tokenUri)
    {
        Email = email;
        _privateKey = privateKey;
        KeyId = keyId;
        ProjectId = projectId;
        TokenUri = tokenUri;
    }

    /// <summary>Who asks.</summary>
    public string Email { get; }

    /// <summary>Which of its keys signs; <see langword="null"/>: not told.</summary>
    public string? KeyId { get; }

    /// <summary>The project it belongs to; <see langword="null"/>: not told.</summary>
    public string? ProjectId { get; }

    /// <summary>Where tokens are given out.</summary>
    public Uri TokenUri { get; }

    /// <summary>Reads a key file.</summary>
    /// <returns><see langword="false"/>: it is none, or its key cannot be read.</returns>
    public static bool TryParse(string file, [NotNullWhen(true)] out ServiceAccount? account)
    {
        account = null;
        try
        {
            using var document = JsonDocument.Parse(file);
            var root = document.RootElement;
            if (root.GetText("client_email") is { Length: > 0 } email
                && root.GetText("private_key") is { Length: > 0 } privateKey
                && Uri.TryCreate(root.GetText("token_uri") ?? UsualTokenUri, UriKind.Absolute, out var tokenUri)
                && (tokenUri.Scheme == Uri.UriSchemeHttps || tokenUri.IsLoopback))
            {
                using var key = RSA.Create();
                key.ImportFromPem(privateKey);
                account = new ServiceAccount(email, privateKey, root.GetText("private_key_id"), root.GetText("project_id"), tokenUri);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException or CryptographicException)
        {
            return false;
        }

        return account is not null;
    }

    /// <summary>A signed assertion that is good for an hour.</summary>
    public string Sign(DateTimeOffset now)
    {
        var unsigned = $"{Encode(WriteHeader)}.{Encode(json => WriteClaims(json, now))}";
        using var key = RSA.Create();
        key.ImportFromPem(_privateKey);
        var signature = key.SignData(Encoding.ASCII.GetBytes(unsigned), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{unsigned}.{Base64Url.EncodeToString(signature)}";
    }

    /// <inheritdoc/>
    public override string ToString() => Email;

    private void WriteHeader(Utf8JsonWriter json)
    {
        json.WriteString("alg"u8, "RS256"u8);
        json.WriteString("typ"u8, "JWT"u8);
        if (KeyId is not null)
        {
            json.WriteString("kid"u8, KeyId);
        }
    }

    private void WriteClaims(Utf8JsonWriter json, DateTimeOffset now)
    {
        json.WriteString("iss"u8, Email);
        json.WriteString("scope"u8, Scope);
        json.WriteString("aud"u8, TokenUri.OriginalString);
        json.WriteNumber("iat"u8, now.ToUnixTimeSeconds());
        json.WriteNumber("exp"u8, (now + AssertionLifetime).ToUnixTimeSeconds());
    }

    private static string Encode(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }
}
