using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>
/// What a caller may do with keys, users and teams: give no right that it has not, and, where it belongs to a team and is
/// no admin, touch nothing outside of it.
/// </summary>
/// <param name="Caller">Who asks.</param>
internal readonly record struct KeyScope(Caller Caller)
{
    /// <summary>The scope of a request that the gate has let in.</summary>
    public static KeyScope Of(HttpContext context) =>
        new(CallerContext.Of(context).Caller ?? throw new InvalidOperationException("The admin gate stands before every endpoint."));

    /// <summary>The scope of who gives or takes rights.</summary>
    public static KeyScope OfGiver(HttpContext context, ProxyClusterOptions options)
    {
        var scope = Of(context);
        return scope with { Held = HeldLimits.Of(scope.Caller, options) };
    }

    /// <summary>What holds the caller beside its key's own limits.</summary>
    public HeldLimits Held { get; init; }

    /// <summary>The only team that it may touch; <see langword="null"/>: any.</summary>
    public string? Team => Caller.OnlyTeam;

    /// <summary>The caller's own rights, which no key that it makes or changes may go beyond.</summary>
    public KeyRights Rights
    {
        get
        {
            var rights = KeyRights.All with
            {
                Permissions = Caller.Permissions,
                Limits = OwnLimits(),
                Priority = Caller.Priority,
            };
            foreach (var account in Caller.Accounts.IsDefault ? [] : Caller.Accounts)
            {
                rights = rights with
                {
                    Models = PatternCover.Intersect(rights.Models, account.Models),
                    Regions = PatternCover.Intersect(rights.Regions, account.Regions),
                };
            }

            return rights;
        }
    }

    /// <summary>Whether a key or user of this team is the caller's to see.</summary>
    public bool Sees(string? team) => Team is null || Team == team;

    /// <summary>A new key with what it has from its maker where it says nothing itself.</summary>
    public KeyRecord Complete(KeyRecord wish)
    {
        var rights = Rights;
        wish = wish with { User = wish.User ?? (Caller.May(Permission.All) ? null : Caller.User) };
        return wish with
        {
            CreatedBy = Caller.Subject,
            IsMadeByAdmin = Caller.May(Permission.All),
            Team = wish.Team ?? Team,
            Models = wish.Models.IsDefaultOrEmpty ? rights.Models : wish.Models,
            Regions = wish.Regions.IsDefaultOrEmpty ? rights.Regions : wish.Regions,
            Limits = Held.Complete(wish.Limits ?? LimitBounds.Within(null, rights.Limits), wish.User),
        };
    }

    /// <summary>Whether a user is the caller's own, whom the directory need not know: a token has named it.</summary>
    public bool IsOwn(string user) => !Caller.May(Permission.All) && Caller.User == user;

    /// <summary>Why the caller may not make, change, hand out or revoke a key with these rights; <see langword="null"/>: it may.</summary>
    /// <param name="asked">The key's rights.</param>
    /// <param name="user">The key's user; <see langword="null"/>: none.</param>
    public Problem? Refuse(KeyRights asked, string? user)
    {
        var beyond = asked.Beyond(Rights);
        if (Held.AreExceededBy(asked.Limits, user) && !beyond.Contains("limits"))
        {
            beyond = beyond.Add("limits");
        }

        return beyond.IsEmpty ? null : Problem.ExceedsMaker(beyond);
    }

    // Of a key its own limits; of a token its user's, and those that it says itself.
    private LimitSet? OwnLimits()
    {
        LimitSet? limits = null;
        foreach (var account in Caller.Accounts.IsDefault ? [] : Caller.Accounts)
        {
            if (account.Subject == Caller.Subject || LimitSubject.LevelOf(account.Subject) == LimitLevel.Token)
            {
                limits = limits is null ? account.Limits : LimitBounds.Within(limits, account.Limits);
            }
        }

        return limits;
    }
}
