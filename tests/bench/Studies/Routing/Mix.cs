using System.Collections.Immutable;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Routing;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>One experiment: who serves, what is asked, and the figure that judges it.</summary>
internal sealed record Mix(string Name, string Metric, ImmutableArray<ProviderModel> Providers, IReadOnlyList<Arrival> Load)
{
    /// <summary>The one model that every provider serves.</summary>
    public const string Model = "m";

    public const int Attempts = 3;

    /// <summary>By when every strategy has seen enough, in seconds.</summary>
    public const double WarmFrom = 30;

    public int Gateways { get; init; } = 8;

    /// <summary>How many of them get requests.</summary>
    public int BusyGateways { get; init; } = 8;

    /// <summary>As by default: a hundredth of the requests explores.</summary>
    public ScoreRules Rules { get; init; } = ScoreRules.From(new RoutingOptions());

    /// <summary>From when on requests count, in seconds.</summary>
    public double CountedFrom { get; init; } = WarmFrom;

    /// <summary>Until when requests count, in seconds.</summary>
    public double CountedUntil { get; init; } = double.PositiveInfinity;

    /// <summary>The figure; less is better.</summary>
    public Func<Result, double> Figure { get; init; } = static result => result.P99;
}
