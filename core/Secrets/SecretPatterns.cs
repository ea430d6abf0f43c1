using System.Text.RegularExpressions;

namespace ProxyCluster.Core.Secrets;

/// <summary>What secrets look like whose values nobody has told us: clients' keys, tokens, keys in addresses.</summary>
public static class SecretPatterns
{
    /// <summary>What is written in place of a secret.</summary>
    public const string Mask = "***";

    // Keys of providers and of ours by their prefixes, tokens (RFC 7519, 6750), private keys, keys and passwords in queries
    // and connection strings, credentials in URLs, and the webhooks that are secrets by themselves. Without backtracking:
    // texts of strangers pass through here.
    private static readonly Regex Any = new(
        @"\b(sk|pk|rk)-[A-Za-z0-9_\-]{16,}"
        + @"|\b(gsk|xai|pplx|csk|hf|r8|ghp|gho|ghs|github_pat|glpat)[_\-][A-Za-z0-9_\-]{16,}"
        + @"|\bxox[abprs]-[A-Za-z0-9\-]{10,}"
        + @"|\bAIza[A-Za-z0-9_\-]{30,}|\bAQ\.[A-Za-z0-9_\-]{20,}|\bya29\.[A-Za-z0-9_\-]{20,}"
        + @"|\b(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b|\bABSK[A-Za-z0-9+/=]{20,}"
        + @"|\beyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]*"
        + @"|\b(Bearer|Basic) [A-Za-z0-9._~+/=\-]{8,}"
        + @"|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*"
        + @"|[?&](key|api[_\-]?key|access[_\-]?token|token|sig|signature|password|secret)=[^&\s""']+"
        + @"|\bpassword=[^,;\s""']+"
        + @"|://[^/\s:@""']{1,256}:[^/\s@""']{1,256}@"
        + @"|\bhooks\.slack\.com/[^\s""']+|\bdiscord(app)?\.com/api/webhooks/[^\s""']+",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture);

    /// <summary>The text with everything that looks like a secret masked; the same object where there is nothing.</summary>
    /// <param name="text">Any text.</param>
    public static string Redact(string text) => Any.Replace(text, Mask);
}
