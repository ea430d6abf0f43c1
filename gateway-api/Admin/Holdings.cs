using System.Collections.Concurrent;
using System.Collections.Immutable;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>
/// What a user or team holds, as far as it matters to who would change it: whether any of it may do more, and what of it may
/// be akin. Of keys and users of one maker it keeps one, as their lines are the same. Filled from many threads.
/// </summary>
/// <param name="who">The line of who asks.</param>
/// <param name="refuse">Why who asks may have no hold on a key; <see langword="null"/>: it may.</param>
internal sealed class Holdings(KeyLine who, Func<KeyRecord, Problem?> refuse)
{
    private readonly ConcurrentDictionary<string, KeyRecord> _keyOf = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SubjectRecord> _userOf = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _shared = new(StringComparer.Ordinal);
    private volatile Problem? _refusal;

    /// <summary>Why who asks may not have a hold on all of it; <see langword="null"/>: none of the keys may do more.</summary>
    public Problem? Refusal => _refusal;

    /// <summary>The kin of who asks that was found itself: held keys, their users, and users of the team.</summary>
    public ImmutableHashSet<string> Shared => [.. _shared.Keys];

    /// <summary>One held key of each maker, of whose line it is.</summary>
    public ICollection<KeyRecord> KeyOfEachMaker => _keyOf.Values;

    /// <summary>One user of each maker.</summary>
    public ICollection<SubjectRecord> UserOfEachMaker => _userOf.Values;

    /// <summary>Takes a key of the user or team.</summary>
    public void Add(KeyRecord key)
    {
        _refusal ??= refuse(key);
        Note(key.Subject);
        if (key.User is { } user)
        {
            Note(SubjectId.OfUser(user));
        }

        if (key is { CreatedBy: { } maker, IsMadeByAdmin: false })
        {
            _keyOf.TryAdd(maker, key);
        }
    }

    /// <summary>Takes a user of the team.</summary>
    public void Add(SubjectRecord user)
    {
        Note(user.Subject);
        if (user.CreatedBy is { } maker)
        {
            _userOf.TryAdd(maker, user);
        }
    }

    private void Note(string subject)
    {
        if (who.Kin.Contains(subject))
        {
            _shared[subject] = true;
        }
    }
}
