using System.Text.Json;
using System.Text.RegularExpressions;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>
/// What requests to Amazon are signed with. A class without members that print, so that no log, error or trace shows it.
/// </summary>
internal sealed partial class AwsCredentials(string accessKeyId, string secretAccessKey, string? sessionToken)
{
    /// <summary>Not secret: it is sent with every request.</summary>
    public string AccessKeyId => accessKeyId;

    /// <summary>The token of credentials that expire; <see langword="null"/>: they do not.</summary>
    public string? SessionToken => sessionToken;

    /// <summary>The secret itself, for the signature and nothing else.</summary>
    public string Reveal() => secretAccessKey;

    /// <inheritdoc/>
    public override string ToString() => "***";

    /// <summary>
    /// Reads <c>id:secret</c>, <c>id:secret:token</c>, or the JSON that AWS's tools write for other programs
    /// (<c>AccessKeyId</c>, <c>SecretAccessKey</c>, <c>SessionToken</c>).
    /// </summary>
    /// <returns><see langword="null"/>: it is something else, and so an API key of Bedrock.</returns>
    public static AwsCredentials? TryParse(string key)
    {
        if (PairPattern().Match(key) is { Success: true } match)
        {
            var token = match.Groups[3];
            return new AwsCredentials(match.Groups[1].Value, match.Groups[2].Value, token.Success ? token.Value : null);
        }

        return key.StartsWith('{') ? TryParseJson(key) : null;
    }

    private static AwsCredentials? TryParseJson(string key)
    {
        try
        {
            using var document = JsonDocument.Parse(key);
            var root = document.RootElement;
            return root.GetText("AccessKeyId") is { Length: > 0 } id && root.GetText("SecretAccessKey") is { Length: > 0 } secret
                ? new AwsCredentials(id, secret, root.GetText("SessionToken") is { Length: > 0 } token ? token : null)
                : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    [GeneratedRegex("^([A-Z0-9]{16,128}):([A-Za-z0-9/+=]{16,128})(?::([A-Za-z0-9/+=_-]+))?$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PairPattern();
}
