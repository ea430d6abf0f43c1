using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.Budgets;

/// <summary>What a gateway may use of one subject's budget, and how that stands.</summary>
/// <param name="Granted">
/// The sum of the waiting requests that fit, taken in their order, each that does not fit passed over; and what is given
/// for the next ones.
/// </param>
/// <param name="Tag">Names what the gateway holds from now on.</param>
/// <param name="Day">The day that pays for it: days since 0001-01-01, UTC.</param>
/// <param name="DayLeft">Until that day ends: nothing of it may be taken afterwards.</param>
/// <param name="TimeToLive">How long the gateway may go on taking from what it holds, from the moment it <em>sent</em> the call.</param>
/// <param name="Refused">Which limit had no room for the first waiting request that did not fit; none: all fitted.</param>
/// <param name="RetryAfter">When a limit refused: until there may be room.</param>
/// <param name="IsSpent">When a limit refused: what is used leaves no room, whatever becomes of requests in flight.</param>
/// <param name="Standing">How the budget stands after this.</param>
/// <param name="Alerts">Parts of a budget that were passed just now, each told once.</param>
[GenerateSerializer, Immutable, Alias("pc.budget-answer")]
public sealed record BudgetAnswer(
    [property: Id(0)] Amount Granted,
    [property: Id(1)] long Tag,
    [property: Id(2)] int Day,
    [property: Id(3)] TimeSpan DayLeft,
    [property: Id(4)] TimeSpan TimeToLive,
    [property: Id(5)] BudgetLimit Refused,
    [property: Id(6)] TimeSpan RetryAfter,
    [property: Id(7)] bool IsSpent,
    [property: Id(8)] BudgetStanding Standing,
    [property: Id(9)] ImmutableArray<BudgetAlert> Alerts);

/// <summary>A budget of which a part is spent.</summary>
/// <param name="Limit"><see cref="BudgetLimit.DollarsPerDay"/> or <see cref="BudgetLimit.DollarsPerMonth"/>.</param>
/// <param name="Percent">50, 80 or 100.</param>
[GenerateSerializer, Immutable, Alias("pc.budget-alert")]
public readonly record struct BudgetAlert([property: Id(0)] BudgetLimit Limit, [property: Id(1)] int Percent);
