namespace ProxyCluster.Core.Security;

/// <summary>Which record of a <see cref="PackedKeyMap"/> something was made of. A changed key is another record.</summary>
/// <param name="owner">Where the record is.</param>
/// <param name="place">Its place there.</param>
public readonly struct PackedMark(object owner, int place)
{
    private readonly object? _owner = owner;
    private readonly int _place = place;

    /// <summary>Whether it is of the same record.</summary>
    /// <param name="other">Another one.</param>
    public bool IsSame(in PackedMark other) => _place == other._place && ReferenceEquals(_owner, other._owner);
}
