using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.Budgets;

/// <summary>What a gateway tells the budget of one subject, and asks of it. Until it is answered it is repeated, unchanged but for its ages.</summary>
/// <param name="Holder">What the gateway holds of this subject; made anew when it is taken up again.</param>
/// <param name="Sequence">From 1, by one with each call: a repeated call is counted once, and answered as before.</param>
/// <param name="Limits">The limits in force as the gateway knows them.</param>
/// <param name="Settled">Requests that have ended.</param>
/// <param name="Returned">What the gateway held and will not use.</param>
/// <param name="Waiting">What requests that wait for the answer need, one by one. Only these can be refused.</param>
/// <param name="Ahead">What the gateway would like to hold for the next requests.</param>
[GenerateSerializer, Immutable, Alias("pc.budget-call")]
public sealed record BudgetCall(
    [property: Id(0)] Guid Holder,
    [property: Id(1)] long Sequence,
    [property: Id(2)] BudgetLimits Limits,
    [property: Id(3)] ImmutableArray<Settlement> Settled,
    [property: Id(4)] ImmutableArray<Returned> Returned,
    [property: Id(5)] ImmutableArray<Amount> Waiting,
    [property: Id(6)] Amount Ahead);

/// <summary>What became of one request.</summary>
/// <param name="AgeMilliseconds">How long ago its reservation was taken, as the call is sent.</param>
/// <param name="Tag">Of the grant that the reservation was taken from; 0: of none.</param>
/// <param name="Day">The day that pays for it: days since 0001-01-01, UTC.</param>
/// <param name="Reserved">What is set free.</param>
/// <param name="Actual">What was used, and counts from now on; it may be more than was reserved.</param>
[GenerateSerializer, Immutable, Alias("pc.settlement")]
public readonly record struct Settlement(
    [property: Id(0)] int AgeMilliseconds,
    [property: Id(1)] long Tag,
    [property: Id(2)] int Day,
    [property: Id(3)] Amount Reserved,
    [property: Id(4)] Amount Actual);

/// <summary>A part of a grant that goes back unused.</summary>
/// <param name="Tag">Of the grant.</param>
/// <param name="Day">Of the grant.</param>
/// <param name="Amount">How much.</param>
[GenerateSerializer, Immutable, Alias("pc.returned")]
public readonly record struct Returned([property: Id(0)] long Tag, [property: Id(1)] int Day, [property: Id(2)] Amount Amount);
