using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using ProxyCluster.Core.Secrets;

namespace ProxyCluster.GatewayApi.Providers;

/// <summary>Makes a provider's words fit for clients: they help whose request is wrong; addresses, keys and pages in them do not.</summary>
internal static class UpstreamText
{
    private const int MaxLength = 2000;

    // Keys, organisations, URLs, host names with a port or of a provider's API, and addresses. Without backtracking: names
    // may begin at each character of a provider's text, and end at none.
    private static readonly Regex Markup = new(
        "<(!doctype|html|head|body|div|title|script)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);

    private static readonly Regex Private = new(
        @"\b(sk|pk|org|proj|gsk|xai|key)-[A-Za-z0-9_\-*.]{6,}|\bgsk_[A-Za-z0-9]{6,}|\b[a-z]+://\S+|\b[\w\-]+(\.[\w\-]+)*:\d{2,5}\b|\b(api|eu|us)\.[\w\-]+(\.[\w\-]+)+|\b[\w\-]+\.(azure|internal|local|svc)(\.[\w\-]+)*|\b\d{1,3}(\.\d{1,3}){3}\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.NonBacktracking);

    /// <summary>What codes and names of fields are made of.</summary>
    public static readonly SearchValues<char> WordCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.[]");

    /// <param name="message">What the provider said; <see langword="null"/>: nothing.</param>
    /// <param name="fallback">What to say instead of nothing, and of a page.</param>
    public static string Clean(string? message, string fallback)
    {
        if (string.IsNullOrWhiteSpace(message) || Markup.IsMatch(message))
        {
            return fallback;
        }

        var text = new StringBuilder(Math.Min(message.Length, MaxLength));
        foreach (var rune in message.EnumerateRunes())
        {
            if (text.Length >= MaxLength)
            {
                break;
            }

            text.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }

        return KnownSecrets.OfProcess.Redact(Private.Replace(text.ToString(), SecretPatterns.Mask));
    }
}
