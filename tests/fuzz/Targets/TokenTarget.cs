using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>
/// What a stranger sends as a token. Whatever is taken apart has one spelling only, asks for nothing that is not checked, and
/// says the same of itself to the library that checks its signature.
/// </summary>
internal sealed class TokenTarget : FuzzTarget
{
    private static readonly SearchValues<char> Spelling = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private static readonly string[] NotTaken = ["crit", "zip", "enc", "cty", "b64"];

    /// <inheritdoc/>
    public override string Name => "token";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        ".", "..", "=", " ", "\n", "%", "eyJhbGciOiJub25lIn0", "eyJhbGciOiJIUzI1NiJ9", "eyJhbGciOiJSUzI1NiIsImFsZyI6Im5vbmUifQ", "eyJhbGciOiJSUzI1NiIsImNyaXQiOltdfQ",
        "eyJpc3MiOiJhIn0", "eyJpc3MiOiJhIiwiaXNzIjoiYiJ9", "eyJpc3MiOiJhIiwiXHUwMDY5c3MiOiJiIn0", "W10", "AA", "AB",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Security/JwtText.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Security/JwtText.cs", "if (part.ContainsAnyExcept(Alphabet))");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var token = Encoding.Latin1.GetString(input);
        if (JwtText.Read(token) is not { } text)
        {
            return 0;
        }

        var parts = token.Split('.');
        if (parts.Length != 3 || token.Length > JwtText.Longest || token.AsSpan().ContainsAnyExcept(Spelling))
        {
            throw new InvalidDataException("A token is taken that has another spelling.");
        }

        if (Base64Url.EncodeToString(Base64Url.DecodeFromChars(parts[2])) != parts[2])
        {
            throw new InvalidDataException("A signature is taken that has another spelling.");
        }

        using var header = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0]));
        if (header.RootElement.EnumerateObject().Any(static member => NotTaken.Contains(member.Name, StringComparer.Ordinal))
            || header.RootElement.EnumerateObject().Count(static member => member.Name == "alg") != 1)
        {
            throw new InvalidDataException("A token is taken that asks for more than is checked.");
        }

        Compare(token, text);
        return HashCode.Combine(text.Algorithm.Length, text.KeyId?.Length, text.Issuer.Length);
    }

    private static void Compare(string token, JwtText text)
    {
        JsonWebToken read;
        try
        {
            read = new JsonWebToken(token);
        }
        catch (Exception)
        {
            // What the library cannot read it refuses.
            return;
        }

        if (read.Alg != text.Algorithm || read.Issuer != text.Issuer || (read.Kid ?? "") != (text.KeyId ?? ""))
        {
            throw new InvalidDataException($"The library reads {read.Alg}, {read.Kid}, {read.Issuer}; we read {text.Algorithm}, {text.KeyId}, {text.Issuer}.");
        }
    }
}
