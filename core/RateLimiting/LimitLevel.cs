namespace ProxyCluster.Core.RateLimiting;

/// <summary>What kind of subject a limit is held for.</summary>
public enum LimitLevel
{
    /// <summary>One API key, or a caller of which no more is known.</summary>
    Key = 0,

    /// <summary>One user, over all keys and tokens.</summary>
    User = 1,

    /// <summary>One team, over all its members.</summary>
    Team = 2,

    /// <summary>The models that one pattern names, over all callers.</summary>
    Model = 3,

    /// <summary>The tokens of one user that say the same limits.</summary>
    Token = 4,
}

/// <summary>Reads subjects, such as <c>team:research</c>.</summary>
public static class LimitSubject
{
    /// <summary>What models' limits are held by, followed by the pattern.</summary>
    public const string ModelPrefix = "model:";

    /// <summary>What the limits that tokens say are held by: see <see cref="TokenSubject"/>.</summary>
    public const string TokenPrefix = "token:";

    private const string UserPrefix = "user:";
    private const string TeamPrefix = "team:";

    /// <summary>The level that a subject stands on.</summary>
    public static LimitLevel LevelOf(ReadOnlySpan<char> subject) =>
        subject.StartsWith(UserPrefix, StringComparison.Ordinal) ? LimitLevel.User
        : subject.StartsWith(TeamPrefix, StringComparison.Ordinal) ? LimitLevel.Team
        : subject.StartsWith(ModelPrefix, StringComparison.Ordinal) ? LimitLevel.Model
        : subject.StartsWith(TokenPrefix, StringComparison.Ordinal) ? LimitLevel.Token
        : LimitLevel.Key;
}
