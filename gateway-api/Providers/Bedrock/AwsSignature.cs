using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>
/// Signs requests as Amazon asks it: "AWS Signature Version 4" of its IAM user guide. Checked with the vectors that
/// Amazon publishes for it.
/// </summary>
/// <remarks>
/// Written here and not taken from Amazon's SDK: its signer is internal by its name (<c>Amazon.Runtime.Internal.Auth</c>),
/// takes the SDK's own request objects, and comes with a runtime that looks for credentials by itself.
/// </remarks>
/// <param name="region">For example <c>us-east-1</c>.</param>
/// <param name="service">For example <c>bedrock</c>.</param>
/// <param name="at">When it is signed: Amazon takes it for 5 minutes.</param>
internal sealed partial class AwsSignature(string region, string service, DateTimeOffset at)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The value of <c>x-amz-date</c>, which has to be among the signed headers.</summary>
    public string Date { get; } = at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private string Scope => $"{Date.AsSpan(0, 8)}/{region}/{service}/aws4_request";

    /// <summary>The value of <c>Authorization</c>.</summary>
    /// <param name="request">What is signed.</param>
    /// <param name="credentials">With what.</param>
    public string Sign(in AwsRequest request, AwsCredentials credentials)
    {
        var signature = Convert.ToHexStringLower(Hash(SigningKey(credentials), StringToSign(request)));
        return $"{Algorithm} Credential={credentials.AccessKeyId}/{Scope}, SignedHeaders={request.SignedHeaders}, Signature={signature}";
    }

    /// <summary>The request in the form whose hash is signed.</summary>
    public static string CanonicalRequest(in AwsRequest request)
    {
        var text = new StringBuilder();
        text.Append(request.Method).Append('\n');
        AppendEncoded(text, request.Path);

        // None of our requests has a query: its line is empty.
        text.Append("\n\n");
        foreach (var (name, value) in request.Headers)
        {
            text.Append(name).Append(':').Append(Blanks().Replace(value.Trim(), " ")).Append('\n');
        }

        text.Append('\n').Append(request.SignedHeaders).Append('\n');
        return text.Append(Convert.ToHexStringLower(SHA256.HashData(request.Body.Span))).ToString();
    }

    /// <summary>What is signed.</summary>
    public string StringToSign(in AwsRequest request) =>
        $"{Algorithm}\n{Date}\n{Scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(CanonicalRequest(request))))}";

    private byte[] SigningKey(AwsCredentials credentials)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + credentials.Reveal());
        return Hash(Hash(Hash(Hash(key, Date[..8]), region), service), "aws4_request");
    }

    private static byte[] Hash(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    // The path is encoded as it is sent: what is encoded in there already is encoded twice.
    private static void AppendEncoded(StringBuilder text, string path)
    {
        foreach (var octet in Encoding.UTF8.GetBytes(path))
        {
            var character = (char)octet;
            if (char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' or '~' or '/')
            {
                text.Append(character);
            }
            else
            {
                text.Append('%').Append(octet.ToString("X2", CultureInfo.InvariantCulture));
            }
        }
    }

    [GeneratedRegex(" {2,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blanks();
}

/// <summary>A request as its signature sees it.</summary>
/// <param name="Method">In capitals.</param>
/// <param name="Path">As it stands in the request's first line.</param>
/// <param name="Headers">Those that are signed: names in lower case, in order of their names.</param>
/// <param name="Body">All of it; empty: none.</param>
internal readonly record struct AwsRequest(
    string Method, string Path, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>The names, joined by semicolons.</summary>
    public string SignedHeaders => string.Join(';', Headers.Select(static header => header.Key));
}
