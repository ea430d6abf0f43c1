using System.Collections.Immutable;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Makes the caller that a key stands for: what its record allows, cut to what its maker may do now (RELIABILITY S6).
/// Revoking a maker ends the maker alone: what it made keeps the rights that the maker had last. Suspending the maker's user
/// or team shuts out what it made.
/// </summary>
internal sealed class KeyCallers(AccountTable accounts, RoleTable roles)
{
    // Keys make keys that make keys; nobody needs this many, and a circle of damaged records must end.
    private const int MostMakers = 16;

    /// <summary>What users and teams share.</summary>
    public AccountTable Accounts => accounts;

    /// <summary>What a key's own record allows.</summary>
    public KeyRights RightsOf(KeyRecord record) => new(
        roles.Allow(record.Roles, record.Permissions.IsDefault ? [] : record.Permissions), record.Models, record.Regions, record.Limits)
    {
        Priority = record.Priority ?? RequestPriority.Normal,
    };

    /// <summary>What a key's record allows within what its makers may do now.</summary>
    /// <param name="record">The key.</param>
    /// <param name="find">Finds a key by its public id.</param>
    public KeyRights EffectiveRights(KeyRecord record, Func<string, KeyRecord?> find)
    {
        var rights = RightsOf(record);
        var maker = record.CreatedBy;
        for (var i = 0; maker is not null; i++)
        {
            if (i == MostMakers)
            {
                return rights with { Permissions = Permission.None };
            }

            if (!maker.StartsWith(KeyRecord.KeySubject, StringComparison.Ordinal))
            {
                // What a token may do is not known once it is gone: only what the cluster says of its user.
                return rights.Within(BoundsOf(accounts.Find(maker), null, record.User, record.Team, Permission.None));
            }

            if (find(maker[KeyRecord.KeySubject.Length..]) is not { } key)
            {
                // Its rights were looked at when it made this one, and there is nothing newer.
                return rights;
            }

            var owner = key.User is { } name ? accounts.Find(SubjectId.OfUser(name)) : null;
            rights = rights.Within(RightsOf(key)).Within(BoundsOf(owner, key.Team, record.User, record.Team, RightsOf(key).Permissions));
            maker = key.CreatedBy;
        }

        return rights;
    }

    // What a maker's user and team leave to it they leave to what it makes. Their limits too, save where the key counts against
    // them itself, and where the maker may do everything: an admin's own limits say nothing of what it hands out.
    private KeyRights BoundsOf(SubjectRecord? user, string? team, string? keyUser, string? keyTeam, Permission maker)
    {
        var owner = (team ?? user?.Team) is { } id ? accounts.Find(SubjectId.OfTeam(id)) : null;
        var bounds = BoundsOf(user).Within(BoundsOf(owner));
        if (maker == Permission.All)
        {
            return bounds;
        }

        var limits = user is null || user.Id == keyUser ? null : user.Limits;
        return bounds with { Limits = owner is null || owner.Id == keyTeam ? limits : LimitBounds.Within(limits, owner.Limits) };
    }

    private static KeyRights BoundsOf(SubjectRecord? subject) => subject is null ? KeyRights.All : KeyRights.All with
    {
        Models = subject.Models,
        Regions = subject.Regions,
        IsSuspended = subject.Suspended || subject.Deleted,
    };

    /// <summary>The caller of a key; the known one where nothing about it has changed.</summary>
    /// <param name="record">The key.</param>
    /// <param name="rights">From <see cref="EffectiveRights"/>.</param>
    /// <param name="known">The caller it had before.</param>
    public Caller Build(KeyRecord record, in KeyRights rights, Caller? known)
    {
        var subject = record.Subject;
        var team = record.Team ?? (record.User is { } user ? accounts.Find(SubjectId.OfUser(user))?.Team : null);
        var caller = new Caller
        {
            Subject = subject,
            Name = record.Name,
            IsLimited = true,
            User = record.User,
            Team = team,
            Roles = record.Roles,
            Permissions = rights.Permissions,
            Priority = rights.Priority,
            Accounts = AccountsOf(AccountOf(subject, rights, known), record.User, team),
        };
        return known is not null && IsSame(known, caller) ? known : caller;
    }

    // Nobody else shares the account of a key, so no table keeps it: limits and budgets find their state by its subject.
    private static Account AccountOf(string subject, in KeyRights rights, Caller? known)
    {
        var account = known is not null && known.Subject == subject ? known.Accounts[0] : new Account(subject);
        account.Models = rights.Models;
        account.Regions = rights.Regions;
        account.IsSuspended = rights.IsSuspended;
        if (account.Limits != rights.Limits)
        {
            account.Limits = rights.Limits;
        }

        return account;
    }

    private ImmutableArray<Account> AccountsOf(Account own, string? user, string? team) => (user, team) switch
    {
        (null, null) => [own],
        ({ } one, null) => [own, accounts.Of(SubjectKind.User, one)],
        (null, { } one) => [own, accounts.Of(SubjectKind.Team, one)],
        ({ } one, { } other) => [own, accounts.Of(SubjectKind.User, one), accounts.Of(SubjectKind.Team, other)],
    };

    private static bool IsSame(Caller one, Caller other) =>
        one.Subject == other.Subject && one.Name == other.Name && one.Permissions == other.Permissions
        && one.User == other.User && one.Team == other.Team && one.Priority == other.Priority
        && one.Roles.SequenceEqual(other.Roles, StringComparer.Ordinal)
        && one.Accounts.SequenceEqual(other.Accounts);
}
