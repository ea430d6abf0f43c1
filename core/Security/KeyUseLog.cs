namespace ProxyCluster.Core.Security;

/// <summary>When the secrets of keys were last used. Not thread-safe.</summary>
public sealed class KeyUseLog
{
    private readonly Dictionary<string, KeyLastUse> _uses = new(StringComparer.Ordinal);

    /// <summary>Every key that was used.</summary>
    public IEnumerable<KeyLastUse> All => _uses.Values;

    /// <summary>Puts back what was stored.</summary>
    /// <param name="uses">From <see cref="All"/>.</param>
    public void Load(IEnumerable<KeyLastUse> uses)
    {
        ArgumentNullException.ThrowIfNull(uses);
        foreach (var use in uses)
        {
            _uses[use.PublicId] = use;
        }
    }

    /// <summary>When a key was used.</summary>
    /// <param name="publicId">The key.</param>
    public KeyLastUse Of(string publicId) => _uses.TryGetValue(publicId, out var use) ? use : new(publicId, null, null);

    /// <summary>Notes a use; an older one than is known changes nothing.</summary>
    /// <param name="publicId">The key.</param>
    /// <param name="isPrevious">Whether it was the secret before the last rotation.</param>
    /// <param name="at">When.</param>
    public void Used(string publicId, bool isPrevious, DateTimeOffset at)
    {
        var known = Of(publicId);
        _uses[publicId] = isPrevious
            ? known with { PreviousUsedAt = Latest(known.PreviousUsedAt, at) }
            : known with { UsedAt = Latest(known.UsedAt, at) };
    }

    /// <summary>The secret became the previous one.</summary>
    /// <param name="publicId">The key.</param>
    public void Rotated(string publicId)
    {
        if (_uses.TryGetValue(publicId, out var known))
        {
            _uses[publicId] = new(publicId, null, known.UsedAt);
        }
    }

    private static DateTimeOffset Latest(DateTimeOffset? known, DateTimeOffset at) => known > at ? known.Value : at;
}
