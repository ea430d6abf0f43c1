using System.Buffers;

namespace ProxyCluster.Core.Security;

/// <summary>
/// Names of users and teams: what identity providers put into <c>sub</c>, save what has a meaning in addresses, patterns
/// and subjects.
/// </summary>
public static class SubjectId
{
    /// <summary>Characters of the longest id.</summary>
    public const int Longest = 128;

    private const string UserPrefix = "user:";
    private const string TeamPrefix = "team:";

    private static readonly SearchValues<char> Allowed = SearchValues.Create(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_.@|+=~!$&'(),;:");

    /// <summary>Whether this may name a user or a team.</summary>
    /// <param name="id">What an operator or a token says.</param>
    public static bool IsValid(ReadOnlySpan<char> id) =>
        id.Length is > 0 and <= Longest && !id.ContainsAnyExcept(Allowed) && id is not ("." or "..");

    /// <summary>What limits are held by.</summary>
    /// <param name="kind">A user or a team.</param>
    /// <param name="id">Its id.</param>
    public static string SubjectOf(SubjectKind kind, string id) => (kind == SubjectKind.Team ? TeamPrefix : UserPrefix) + id;

    /// <summary>The subject of a user.</summary>
    /// <param name="id">Its id.</param>
    public static string OfUser(string id) => UserPrefix + id;

    /// <summary>The subject of a team.</summary>
    /// <param name="id">Its id.</param>
    public static string OfTeam(string id) => TeamPrefix + id;
}
