using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ProxyCluster.Core.RateLimiting;

/// <summary>
/// Names what the limits that a token itself says are held by: the user, and the limits. So the limits of a subject never
/// change, whichever gateway sees which token in which order, and tokens of one user that say the same share them.
/// </summary>
public static class TokenSubject
{
    private const int HashBytes = 8;

    private const string AllDigits = "0.############################";

    /// <summary>The subject, for example <c>token:0123456789abcdef:ada</c>.</summary>
    /// <param name="user">The id of the token's user.</param>
    /// <param name="limits">What the token says.</param>
    public static string Of(string user, LimitSet limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{limits.RequestsPerMinute}/{limits.RequestsPerHour}/{limits.TokensPerMinute}/{limits.TokensPerHour}/{limits.Concurrency}/{Text(limits.DollarsPerDay)}/{Text(limits.DollarsPerMonth)}/{limits.Shadow}");
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(text)).AsSpan(0, HashBytes);
        return $"{LimitSubject.TokenPrefix}{Convert.ToHexStringLower(hash)}:{user}";
    }

    /// <summary>The id of the user in a subject of this kind.</summary>
    /// <param name="subject">From <see cref="Of"/>.</param>
    public static string UserOf(string subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        return subject[(subject.IndexOf(':', LimitSubject.TokenPrefix.Length) + 1)..];
    }

    // 1.5 and 1.50 are one limit.
    private static string? Text(decimal? dollars) => dollars?.ToString(AllDigits, CultureInfo.InvariantCulture);
}
