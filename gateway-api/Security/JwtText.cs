using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// A token (JWS, RFC 7515, compact) taken apart, before anything in it is believed. Stricter than the standard: what two
/// readers could understand in two ways is not a token, and neither is what asks for more than we check.
/// </summary>
/// <param name="Algorithm">What it says it is signed with.</param>
/// <param name="KeyId">Which key it says it is signed with; <see langword="null"/>: it does not say.</param>
/// <param name="Issuer">Who it says has made it.</param>
/// <param name="Claims">Its payload: a JSON object.</param>
internal sealed record JwtText(string Algorithm, string? KeyId, string Issuer, JsonElement Claims)
{
    /// <summary>Characters of the longest token that is looked at.</summary>
    public const int Longest = 8 * 1024;

    private const int LongestKeyId = 256;

    private static readonly SearchValues<char> Alphabet = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Takes a token apart.</summary>
    /// <param name="token">What a client sent.</param>
    /// <returns><see langword="null"/>: it is none that we take.</returns>
    public static JwtText? Read(ReadOnlySpan<char> token)
    {
        var first = token.IndexOf('.');
        var last = token.LastIndexOf('.');

        // Five parts are an encrypted token, whose content may be compressed without bound.
        if (token.Length > Longest || first <= 0 || last <= first + 1 || last == token.Length - 1 || token[(first + 1)..last].Contains('.'))
        {
            return null;
        }

        try
        {
            return Decode(token[..first]) is { } header && Decode(token[(first + 1)..last]) is { } claims && IsPlain(header)
                && IsCanonical(token[(last + 1)..]) && TextOf(header, "alg") is { } algorithm && TextOf(claims, "iss") is { } issuer
                ? Create(algorithm, header, issuer, claims)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    private static JwtText? Create(string algorithm, JsonElement header, string issuer, JsonElement claims)
    {
        if (!header.TryGetProperty("kid", out var id))
        {
            return new(algorithm, null, issuer, claims);
        }

        return id.ValueKind == JsonValueKind.String && id.GetString() is { Length: <= LongestKeyId } text ? new(algorithm, text, issuer, claims) : null;
    }

    // 'crit' names what must be understood, and we understand nothing of that kind; 'cty' is a token within the token.
    private static bool IsPlain(JsonElement header) =>
        !header.TryGetProperty("crit", out _) && !header.TryGetProperty("zip", out _) && !header.TryGetProperty("enc", out _)
        && !header.TryGetProperty("cty", out _) && !header.TryGetProperty("b64", out _);

    // The last character has bits to spare, which decoders pass over.
    private static bool IsCanonical(ReadOnlySpan<char> part) =>
        !part.ContainsAnyExcept(Alphabet) && part.SequenceEqual(Base64Url.EncodeToString(Base64Url.DecodeFromChars(part)));

    private static JsonElement? Decode(ReadOnlySpan<char> part)
    {
        // Padding and blanks, which decoders pass over, would give one token many texts.
        if (part.ContainsAnyExcept(Alphabet))
        {
            return null;
        }

        var element = JsonElement.Parse(Base64Url.DecodeFromChars(part), Strict);
        return element.ValueKind == JsonValueKind.Object ? element : null;
    }

    private static string? TextOf(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
