using System.Buffers;
using System.Collections.Immutable;
using System.Text;
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

    /// <summary>Has the way to a user's account fetched from memory, which <see cref="Build"/> goes.</summary>
    /// <param name="user">In UTF-8; empty: none.</param>
    public void Expect(ReadOnlySpan<byte> user)
    {
        Span<char> id = stackalloc char[SubjectId.Longest];
        if (!user.IsEmpty && Ascii.ToUtf16(user, id, out var length) == OperationStatus.Done)
        {
            accounts.Expect(SubjectKind.User, id[..length]);
        }
    }

    /// <summary>What a key's own record allows.</summary>
    public KeyRights RightsOf(in KeyFacts key) => new(
        roles.Allow(key.Roles, key.Permissions.IsDefault ? [] : key.Permissions), key.Models, key.Regions, key.Limits)
    {
        Priority = key.Priority ?? RequestPriority.Normal,
    };

    /// <summary>What a key's record allows within what its makers may do now.</summary>
    /// <param name="asked">The key.</param>
    /// <param name="find">Finds a key by its subject.</param>
    public KeyRights EffectiveRights(in KeyFacts asked, Func<string, KeyRecord?> find)
    {
        var rights = RightsOf(asked);
        var maker = asked.CreatedBy;
        for (var i = 0; maker is not null; i++)
        {
            if (i == MostMakers)
            {
                return rights with { Permissions = Permission.None };
            }

            if (!maker.StartsWith(KeyRecord.KeySubject, StringComparison.Ordinal))
            {
                // What a token may do is not known once it is gone: only what the cluster says of its user.
                return rights.Within(BoundsOf(accounts.Find(maker), null, asked.User, asked.Team, Permission.None));
            }

            if (find(maker) is not { } key)
            {
                // Its rights were looked at when it made this one, and there is nothing newer.
                return rights;
            }

            var owner = key.User is { } name ? accounts.Find(SubjectId.OfUser(name)) : null;
            var facts = KeyFacts.Of(key);
            rights = rights.Within(RightsOf(facts)).Within(BoundsOf(owner, key.Team, asked.User, asked.Team, RightsOf(facts).Permissions));
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
    /// <param name="key">The key.</param>
    /// <param name="rights">From <see cref="EffectiveRights"/>.</param>
    /// <param name="known">The caller it had before.</param>
    public Caller Build(in KeyFacts key, in KeyRights rights, Caller? known)
    {
        var team = key.Team ?? (key.User is { } user ? accounts.Find(SubjectId.OfUser(user))?.Team : null);
        var caller = new Caller
        {
            Subject = key.Subject,
            Name = key.Name,
            IsLimited = true,
            User = key.User,
            Team = team,
            Roles = key.Roles,
            Permissions = rights.Permissions,
            Priority = rights.Priority,
            Accounts = AccountsOf(AccountOf(key.Subject, rights, known), key.User, team),
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
