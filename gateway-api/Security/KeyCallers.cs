using System.Collections.Immutable;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Makes the caller that a key stands for: what its record allows, cut to what its maker may do now (RELIABILITY S6).
/// Revoking a maker ends the maker alone: what it made keeps the rights that the maker had last.
/// </summary>
internal sealed class KeyCallers(AccountTable accounts, RoleTable roles)
{
    // Keys make keys that make keys; nobody needs this many, and a circle of damaged records must end.
    private const int MostMakers = 16;

    /// <summary>What users and teams share.</summary>
    public AccountTable Accounts => accounts;

    /// <summary>What a key's own record allows.</summary>
    public KeyRights RightsOf(KeyRecord record) => new(
        roles.Allow(record.Roles, record.Permissions.IsDefault ? [] : record.Permissions), record.Models, record.Regions, record.Limits);

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
                return accounts.Find(maker) is { } user ? rights.Within(new(Permission.All, user.Models, user.Regions, null)) : rights;
            }

            if (find(maker[KeyRecord.KeySubject.Length..]) is not { } key)
            {
                // Its rights were looked at when it made this one, and there is nothing newer.
                return rights;
            }

            rights = rights.Within(RightsOf(key));
            maker = key.CreatedBy;
        }

        return rights;
    }

    /// <summary>The caller of a key; the known one where nothing about it has changed.</summary>
    /// <param name="record">The key.</param>
    /// <param name="rights">From <see cref="EffectiveRights"/>.</param>
    /// <param name="known">The caller it had before.</param>
    public Caller Build(KeyRecord record, in KeyRights rights, Caller? known)
    {
        var user = record.User is { } name ? SubjectId.OfUser(name) : null;
        var team = record.Team ?? (user is null ? null : accounts.Find(user)?.Team);
        var caller = new Caller
        {
            Subject = record.Subject,
            Name = record.Name,
            IsAdmin = rights.Permissions == Permission.All,
            IsLimited = true,
            User = record.User,
            Team = team,
            Roles = record.Roles,
            Permissions = rights.Permissions,
            Priority = record.Priority ?? RequestPriority.Normal,
            Accounts = AccountsOf(AccountOf(record, rights, known), user, team),
        };
        return known is not null && IsSame(known, caller) ? known : caller;
    }

    // Nobody else shares the account of a key, so no table keeps it: limits and budgets find their state by its subject.
    private static Account AccountOf(KeyRecord record, in KeyRights rights, Caller? known)
    {
        var account = known is not null && known.Subject == record.Subject ? known.Accounts[0] : new Account(record.Subject);
        account.Models = rights.Models;
        account.Regions = rights.Regions;
        if (account.Limits != rights.Limits)
        {
            account.Limits = rights.Limits;
        }

        return account;
    }

    private ImmutableArray<Account> AccountsOf(Account own, string? user, string? team) => (user, team) switch
    {
        (null, null) => [own],
        ({ } one, null) => [own, accounts.Of(one)],
        (null, { } one) => [own, accounts.Of(SubjectId.OfTeam(one))],
        ({ } one, { } other) => [own, accounts.Of(one), accounts.Of(SubjectId.OfTeam(other))],
    };

    private static bool IsSame(Caller one, Caller other) =>
        one.Subject == other.Subject && one.Name == other.Name && one.Permissions == other.Permissions
        && one.User == other.User && one.Team == other.Team && one.Priority == other.Priority
        && one.Roles.SequenceEqual(other.Roles, StringComparer.Ordinal)
        && one.Accounts.SequenceEqual(other.Accounts);
}
