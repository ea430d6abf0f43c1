using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>One key as this gateway knows it: its hash, whom it stands for, and until when.</summary>
internal sealed class KeyEntry
{
    private readonly KeyHash _hash;
    private readonly long _expiresAtTicks;

    public KeyEntry(in KeyHash hash, Caller caller, DateTimeOffset? expiresAt, bool revoked)
    {
        _hash = hash;
        _expiresAtTicks = expiresAt?.UtcTicks ?? long.MaxValue;
        Caller = caller;
        Revoked = revoked;
    }

    /// <summary>Whom the key stands for. Shared by all requests of the key, also over changes of the entry.</summary>
    public Caller Caller { get; }

    /// <summary>A revoked key stays known, so that a late look-up cannot bring it back.</summary>
    public bool Revoked { get; }

    /// <summary>When it stops working; <see langword="null"/>: never.</summary>
    public DateTimeOffset? ExpiresAt => _expiresAtTicks == long.MaxValue ? null : new DateTimeOffset(_expiresAtTicks, TimeSpan.Zero);

    /// <summary>The whole hash.</summary>
    public KeyHash Hash => _hash;

    /// <summary>Compares the whole hash in constant time: the table is looked up by its first half only.</summary>
    public bool Matches(in KeyHash hash) => _hash.Matches(hash);

    /// <summary>Whether the key works now.</summary>
    public bool IsGood(TimeProvider clock) => !Revoked && (_expiresAtTicks == long.MaxValue || clock.GetUtcNow().UtcTicks < _expiresAtTicks);

    /// <summary>The entry of a directory key. A caller that is known already is kept, with what the limiter knows of it.</summary>
    /// <returns><see langword="null"/> when the stored hash is damaged.</returns>
    public static KeyEntry? From(KeyRecord record, KeyEntry? known)
    {
        if (!KeyHash.TryRead(record.Hash.AsSpan(), out var hash))
        {
            return null;
        }

        var admin = record.Roles.Contains(KeyRoles.Admin, StringComparer.Ordinal);
        var caller = CallerFor("key:" + record.PublicId, record.Name, admin, known?.Caller);
        return new(hash, caller, record.ExpiresAt, record.Revoked);
    }

    /// <summary>The known caller where nothing about it has changed, else a new one.</summary>
    public static Caller CallerFor(
        string subject, string name, bool isAdmin, Caller? known, RequestPriority priority = RequestPriority.Normal) =>
        known is not null && known.Subject == subject && known.Name == name && known.IsAdmin == isAdmin && known.Priority == priority
            ? known
            : new()
            {
                Subject = subject,
                Name = name,
                IsAdmin = isAdmin,
                IsLimited = true,
                Priority = priority,
                Permissions = isAdmin ? Permission.All : Permission.Inference | Permission.ModelsRead,
                Accounts = [new Account(subject)],
            };
}
