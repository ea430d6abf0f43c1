using System.Collections.Immutable;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Routing;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>Who sends a request: built once when it is authenticated, used everywhere. Shared by all requests of one key or token.</summary>
internal sealed class Caller : ICandidateFilter
{
    /// <summary>The caller of the open loopback mode: may do everything, has no limits.</summary>
    public static readonly Caller Local = new() { Subject = KeyRecord.LocalMaker, Name = "local", IsLimited = false, Permissions = Permission.All };

    /// <summary>What limits are held by, for example <c>key:4fGh2kLmN0pQ</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>For logs: never a secret.</summary>
    public required string Name { get; init; }

    /// <summary>Whether rate limits apply.</summary>
    public required bool IsLimited { get; init; }

    /// <summary>The user behind it; <see langword="null"/>: none is known.</summary>
    public string? User { get; init; }

    /// <summary>The team it belongs to, which is the tenant; <see langword="null"/>: none.</summary>
    public string? Team { get; init; }

    /// <summary>The only team whose affairs it may see and touch on the admin plane; <see langword="null"/>: any.</summary>
    public string? OnlyTeam => May(Permission.All) ? null : Team;

    /// <summary>What keeps its data apart from others': the team, else the user, else the caller alone.</summary>
    public string Tenant => Team ?? User ?? Subject;

    /// <summary>The names of its roles.</summary>
    public ImmutableArray<string> Roles { get; init; } = [];

    /// <summary>What it may do.</summary>
    public Permission Permissions { get; init; }

    /// <summary>Whose limits and budgets its requests count against: itself first (of a token the limits that it says), then its user, then its team.</summary>
    public ImmutableArray<Account> Accounts { get; init; } = [];

    /// <summary>How long its requests are taken when the gateway fills up; also the most that it may ask for.</summary>
    public RequestPriority Priority { get; init; } = RequestPriority.Normal;

    /// <summary>The limiter's own state for this subject, so that the hot path looks nothing up. Owned by the limiter.</summary>
    public object? LimiterState;

    /// <summary>Whether one of its accounts is held to certain models or regions.</summary>
    public bool IsRestricted
    {
        get
        {
            foreach (var account in Accounts)
            {
                if (!account.Models.IsDefaultOrEmpty || !account.Regions.IsDefaultOrEmpty)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Whether all of its accounts' lists allow a name that nobody serves.</summary>
    public bool MayName(string model)
    {
        foreach (var account in Accounts)
        {
            if (!AllowList.Allows(account.Models, model))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What the lists of its accounts rule out, all of them together. A provider of no region is in none that is listed.</summary>
    public Exclusion Judge(Candidate candidate, AliasDefinition? alias)
    {
        var exclusions = Exclusion.None;
        foreach (var account in Accounts)
        {
            exclusions |= AllowList.Allows(account.Models, candidate, alias) ? Exclusion.None : Exclusion.ModelNotAllowed;
            exclusions |= AllowList.Allows(account.Regions, candidate.Provider.Region) ? Exclusion.None : Exclusion.RegionNotAllowed;
        }

        return exclusions;
    }

    /// <summary>Whether it may do all of what is asked.</summary>
    public bool May(Permission asked) => (Permissions & asked) == asked;
}
