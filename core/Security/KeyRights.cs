using System.Collections.Immutable;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Resilience;

namespace ProxyCluster.Core.Security;

/// <summary>What a key may do and use. A key never has more of it than who made it (RELIABILITY S6).</summary>
/// <param name="Permissions">What it may do.</param>
/// <param name="Models">Model patterns; default or empty: all.</param>
/// <param name="Regions">Regions; default or empty: all.</param>
/// <param name="Limits">Its own limits; <see langword="null"/>: the defaults.</param>
public readonly record struct KeyRights(
    Permission Permissions, ImmutableArray<string> Models, ImmutableArray<string> Regions, LimitSet? Limits)
{
    /// <summary>What bounds nothing.</summary>
    public static readonly KeyRights All = new(Permission.All, [], [], null) { Priority = RequestPriority.Critical };

    /// <summary>How long its requests are taken when a gateway fills up. Default <see cref="RequestPriority.Normal"/>.</summary>
    public RequestPriority Priority { get; init; } = RequestPriority.Normal;

    /// <summary>Whether a maker's user or team is suspended or deleted, so that the key is refused as theirs are.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>What is left of these rights for somebody who has no more than the maker.</summary>
    /// <param name="maker">The maker's rights as they are now.</param>
    public KeyRights Within(in KeyRights maker) => new(
        Permissions & maker.Permissions,
        PatternCover.Intersect(Models, maker.Models),
        PatternCover.Intersect(Regions, maker.Regions),
        LimitBounds.Within(Limits, maker.Limits))
    {
        Priority = IsPriorityWithin(maker) ? Priority : maker.Priority,
        IsSuspended = IsSuspended || maker.IsSuspended,
    };

    /// <summary>Names what goes beyond the maker's rights: <c>permissions</c>, <c>models</c>, <c>regions</c>, <c>limits</c>, <c>priority</c>.</summary>
    /// <param name="maker">The maker's rights.</param>
    /// <returns>Nothing: the maker may give these rights.</returns>
    public ImmutableArray<string> Beyond(in KeyRights maker)
    {
        var beyond = ImmutableArray.CreateBuilder<string>();
        if ((Permissions & ~maker.Permissions) != Permission.None)
        {
            beyond.Add("permissions");
        }

        if (!PatternCover.Covers(maker.Models, Models))
        {
            beyond.Add("models");
        }

        if (!PatternCover.Covers(maker.Regions, Regions))
        {
            beyond.Add("regions");
        }

        if (LimitBounds.Within(Limits, maker.Limits) != Limits)
        {
            beyond.Add("limits");
        }

        if (!IsPriorityWithin(maker))
        {
            beyond.Add("priority");
        }

        return beyond.ToImmutable();
    }

    private bool IsPriorityWithin(in KeyRights maker) =>
        Priority <= maker.Priority || (maker.Permissions & Permission.PriorityRaise) != Permission.None;
}
