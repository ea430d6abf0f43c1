using Orleans;

namespace ProxyCluster.Core.Security;

/// <summary>How many API keys there are.</summary>
/// <param name="Active">That work.</param>
/// <param name="Expired">Whose time is over.</param>
/// <param name="Revoked">That were taken back.</param>
[GenerateSerializer, Immutable, Alias("pc.key-counts")]
public readonly record struct KeyCounts([property: Id(0)] int Active, [property: Id(1)] int Expired, [property: Id(2)] int Revoked)
{
    /// <summary>The sum of each.</summary>
    public static KeyCounts operator +(KeyCounts one, KeyCounts other) =>
        new(one.Active + other.Active, one.Expired + other.Expired, one.Revoked + other.Revoked);

    /// <summary>With one key more.</summary>
    /// <param name="isRevoked">Whether it was taken back.</param>
    /// <param name="end">When it stops working; <see langword="null"/>: never.</param>
    /// <param name="now">The wall clock.</param>
    public KeyCounts With(bool isRevoked, DateTimeOffset? end, DateTimeOffset now)
    {
        if (isRevoked)
        {
            return this with { Revoked = Revoked + 1 };
        }

        return end is null || end > now ? this with { Active = Active + 1 } : this with { Expired = Expired + 1 };
    }
}
