using System.Collections.Immutable;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Resilience;

namespace ProxyCluster.Core.Security;

/// <summary>
/// What a change takes from keys, users and teams, and what it gives back. To take something is a measure; who took it last
/// is kept beside it (<see cref="KeyRecord.MeasuredBy"/>), since not everybody may give it back.
/// </summary>
public static class Measures
{
    /// <summary>Whether a change lets a key do anything that it may not do now. The other way round: whether it takes anything.</summary>
    /// <param name="from">The key in force.</param>
    /// <param name="to">The key as it is to be.</param>
    public static bool Loosens(KeyRecord from, KeyRecord to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        return Loosens(from.Models, to.Models) || Loosens(from.Regions, to.Regions) || Loosens(from.Limits, to.Limits)
            || (to.Priority ?? RequestPriority.Normal) > (from.Priority ?? RequestPriority.Normal)
            || (to.ExpiresAt ?? DateTimeOffset.MaxValue) > (from.ExpiresAt ?? DateTimeOffset.MaxValue);
    }

    /// <summary>As for keys. A user who leaves a team is no longer held by it, and one who joins another one is held by that.</summary>
    /// <param name="from">The user or team in force; one that is deleted may do nothing.</param>
    /// <param name="to">As it is to be.</param>
    public static bool Loosens(SubjectRecord from, SubjectRecord to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        return (from.Deleted && !to.Deleted) || (from.Suspended && !to.Suspended)
            || (from.Team is not null && from.Team != to.Team)
            || Loosens(from.Models, to.Models) || Loosens(from.Regions, to.Regions) || Loosens(from.Limits, to.Limits);
    }

    /// <summary>Whether anything is taken from a user or team that could be given back.</summary>
    /// <param name="record">The user or team in force.</param>
    public static bool Hold(SubjectRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return Loosens(record, new() { Kind = record.Kind, Id = record.Id });
    }

    private static bool Loosens(ImmutableArray<string> from, ImmutableArray<string> to) => !PatternCover.Covers(from, to);

    // 0 is no limit, and what is absent is the default, which is nobody's measure.
    // Limits that are only told let go of defaults too; those that hold whatever the cluster's mode is may be no more than told
    // where nothing is said of it.
    private static bool Loosens(LimitSet? from, LimitSet? to) =>
        LimitBounds.Within(to, from) != to
        || (to?.Shadow == true && from?.Shadow != true) || (from?.Shadow == false && to?.Shadow != false);
}
