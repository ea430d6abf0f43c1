using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>
/// The limits that hold a caller beside those of its own key: its user's, and the defaults of keys and users where they
/// have none. Whoever makes a key could else give it more than it may use itself, since what a key was given on purpose
/// goes before the default of its user.
/// </summary>
/// <param name="Most">What holds the caller; <see langword="null"/>: nothing, as for admins, who say what the defaults are.</param>
/// <param name="OfKeys">What a key has that says nothing itself.</param>
/// <param name="OfUsers">What a user has that says nothing itself.</param>
internal readonly record struct HeldLimits(LimitSet? Most, LimitSet? OfKeys, LimitSet? OfUsers)
{
    /// <summary>Those of a caller.</summary>
    public static HeldLimits Of(Caller caller, ProxyClusterOptions options)
    {
        if (!caller.IsLimited || caller.May(Permission.All))
        {
            return default;
        }

        var (rates, budgets) = (options.RateLimits, options.Budgets);
        var ofKeys = Said(rates.RequestsPerMinute, rates.RequestsPerHour, rates.Concurrency, budgets.Keys);
        var ofUsers = Said(rates.Users.RequestsPerMinute, rates.Users.RequestsPerHour, rates.Users.Concurrency, budgets.Users);
        LimitSet? most = null, given = null;
        foreach (var account in caller.Accounts)
        {
            switch (LimitSubject.LevelOf(account.Subject))
            {
                case LimitLevel.Key:
                    given = account.Limits;
                    most = LimitBounds.Except(ofKeys, given);
                    break;
                case LimitLevel.User:
                    // What the caller's key was given goes before the default of its user.
                    most = LimitBounds.Within(most, LimitBounds.Or(account.Limits, LimitBounds.Except(ofUsers, given)));
                    break;
            }
        }

        return new(most, ofKeys, ofUsers);
    }

    /// <summary>The limits of a new key. One of no user counts against no user's limits: what holds its maker is written into it.</summary>
    /// <param name="limits">What it was given; <see langword="null"/>: nothing.</param>
    /// <param name="user">Its user; <see langword="null"/>: none.</param>
    public LimitSet? Complete(LimitSet? limits, string? user) =>
        user is null ? LimitBounds.Or(limits, LimitBounds.Beside(LimitBounds.Within(OfKeys, Most), OfKeys)) : limits;

    /// <summary>Whether limits are more than what holds the caller.</summary>
    /// <param name="limits">Of a key; <see langword="null"/>: it has none of its own.</param>
    /// <param name="user">The key's user; <see langword="null"/>: none, so that what it does not say is not said by its user's either.</param>
    public bool AreExceededBy(LimitSet? limits, string? user)
    {
        if (user is not null)
        {
            return LimitBounds.IsBeyond(limits, Most);
        }

        var inForce = LimitBounds.Or(limits, OfKeys);
        return LimitBounds.Within(inForce, Most) != inForce;
    }

    /// <summary>Whether a key of another user is held by less than the caller is, by its own limits and that user's together.</summary>
    /// <param name="limits">Of the key; <see langword="null"/>: it has none of its own.</param>
    /// <param name="ofUser">Of the user; <see langword="null"/>: it has none of its own.</param>
    public bool AreExceededThrough(LimitSet? limits, LimitSet? ofUser)
    {
        var user = ofUser?.Shadow == true ? null : LimitBounds.Or(ofUser, LimitBounds.Except(OfUsers, limits));
        var inForce = LimitBounds.Within(LimitBounds.Or(limits, OfKeys), user);
        return LimitBounds.Within(inForce, Most) != inForce;
    }

    private static LimitSet? Said(int perMinute, int perHour, int concurrency, BudgetLimitOptions budget)
    {
        var said = new LimitSet
        {
            RequestsPerMinute = perMinute > 0 ? perMinute : null,
            RequestsPerHour = perHour > 0 ? perHour : null,
            Concurrency = concurrency > 0 ? concurrency : null,
            TokensPerMinute = budget.TokensPerMinute > 0 ? budget.TokensPerMinute : null,
            TokensPerHour = budget.TokensPerHour > 0 ? budget.TokensPerHour : null,
            DollarsPerDay = budget.DollarsPerDay > 0 ? budget.DollarsPerDay : null,
            DollarsPerMonth = budget.DollarsPerMonth > 0 ? budget.DollarsPerMonth : null,
        };
        return said == new LimitSet() ? null : said;
    }
}
