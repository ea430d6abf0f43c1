namespace ProxyCluster.Core.Batching;

/// <summary>What one request takes of a call.</summary>
/// <param name="Pieces">How many things it asks for, such as texts to embed; at least 1.</param>
/// <param name="Weight">How large they are together, such as their tokens; at least 0.</param>
public readonly record struct ItemSize(int Pieces, long Weight)
{
    /// <summary>Of a request that is counted and no more.</summary>
    public static ItemSize One { get; } = new(1, 0);

    /// <summary>Both together.</summary>
    public static ItemSize operator +(ItemSize one, ItemSize other) => new(one.Pieces + other.Pieces, one.Weight + other.Weight);

    /// <summary>What is left.</summary>
    public static ItemSize operator -(ItemSize one, ItemSize other) => new(one.Pieces - other.Pieces, one.Weight - other.Weight);

    /// <summary>Whether it fits a call.</summary>
    public bool Fits(BatchLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        return Pieces <= limits.MaxPieces && Weight <= limits.MaxWeight;
    }
}
