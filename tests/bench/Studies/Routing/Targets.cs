namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>What the strategies are held to.</summary>
internal static class Targets
{
    /// <summary>How much worse than the best single strategy <c>intelligent</c> may be.</summary>
    public const double Margin = 1.1;

    public static IEnumerable<Target> All(Study study) =>
    [
        .. Choosers.Adaptive.SelectMany(strategy => OneSlow(study, strategy)),
        .. Choosers.Adaptive.Select(strategy => OneFailing(study, strategy)),
        .. Mixes.Five.Select(mix => BestSingle(study, mix)),
        Recovery(study),
        Newcomer(study),
        .. Choosers.Adaptive.Select(strategy => Herd(study, strategy)),
    ];

    /// <summary>Of three providers one slows from 1 s to 10 s: 9 in 10 of its requests go elsewhere within 15 s, and p99 stays near the best fixed choice's.</summary>
    public static IEnumerable<Target> OneSlow(Study study, string strategy)
    {
        var result = study.Run(Mixes.OneSlow, strategy);
        var before = result.Share("c", Mix.WarmFrom, Mixes.Slowed);
        var after = result.Share("c", Mixes.Slowed + 15, Mixes.Healed);
        yield return new Target($"{strategy}: share of its load that a provider slowed tenfold keeps after 15 s", after / before, 0.1);
        yield return new Target(
            $"{strategy}: p99 with one slowed tenfold, against the best static choice", result.P99 / study.BestStatic(Mixes.OneSlow).P99, 1.5);
    }

    /// <summary>Of three providers one fails half of its requests: clients hardly notice.</summary>
    public static Target OneFailing(Study study, string strategy) => new(
        $"{strategy}: share of requests that fail for clients, with one provider at 50 % errors", study.Run(Mixes.OneFailing, strategy).ErrorRate, 0.001);

    /// <summary>How near <c>intelligent</c> comes to the best strategy for a mix.</summary>
    public static Target BestSingle(Study study, Mix mix)
    {
        var best = study.RunAll(mix).MinBy(r => r.Figure)!;
        return new Target(
            $"intelligent: {mix.Metric}, mix \"{mix.Name}\", against the best single strategy ({best.Strategy})",
            study.Run(mix, "intelligent").Figure / best.Figure,
            Margin);
    }

    /// <summary>How long a healed provider waits for its share. Its slow outcomes count for five minutes, and 30 s are for the rest.</summary>
    public static Target Recovery(Study study) => new(
        "intelligent: seconds until a healed provider has a fifth of the load again",
        study.Run(Mixes.OneSlow, "intelligent").ReachesShare("c", 0.2, Mixes.Healed),
        330);

    /// <summary>How long a better newcomer waits for half of the load.</summary>
    public static Target Newcomer(Study study) => new(
        "intelligent: seconds until a provider three times as quick as the others has half of the load",
        study.Run(Mixes.Newcomer, "intelligent").ReachesShare("c", 0.5, Mixes.Joins),
        60);

    /// <summary>With eight gateways and equal providers: the busiest provider of each 250 ms, against what blind chance gives.</summary>
    public static Target Herd(Study study, string strategy) => new(
        $"{strategy}: share of the busiest of three equal providers in 250 ms with 8 gateways, against an even split by chance",
        study.Run(Mixes.Equal, strategy).BusiestShare(Cluster.Period) / Simulation.Run(Mixes.Equal, "static", Choosers.Static(0b111), study.Seed).BusiestShare(Cluster.Period),
        Margin);
}
