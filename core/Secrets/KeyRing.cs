namespace ProxyCluster.Core.Secrets;

/// <summary>The KEKs in force: one that seals, and while it is being rotated the one before it, which still opens.</summary>
/// <param name="current">Seals, and opens.</param>
/// <param name="previous">Opens only; <see langword="null"/>: there is none.</param>
public sealed class KeyRing(KeyEncryptionKey current, KeyEncryptionKey? previous = null)
{
    /// <summary>The KEK that seals.</summary>
    public KeyEncryptionKey Current => current;

    /// <summary>The KEK that still opens; <see langword="null"/>: there is none.</summary>
    public KeyEncryptionKey? Previous => previous;

    /// <summary>The KEK of an id; <see langword="null"/>: it is not in force.</summary>
    /// <param name="id">As in <see cref="KeyEncryptionKey.Id"/>.</param>
    public KeyEncryptionKey? Find(ReadOnlySpan<char> id) =>
        id.SequenceEqual(current.Id) ? current
        : previous is not null && id.SequenceEqual(previous.Id) ? previous
        : null;
}
