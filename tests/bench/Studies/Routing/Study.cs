namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>Runs each strategy on each mix once, when it is first asked for.</summary>
/// <param name="seed">Of all chance but the load's.</param>
internal sealed class Study(int seed)
{
    private readonly Dictionary<(string Mix, string Strategy), Result> _results = [];

    public int Seed => seed;

    public Result Run(Mix mix, string strategy)
    {
        if (!_results.TryGetValue((mix.Name, strategy), out var result))
        {
            _results[(mix.Name, strategy)] = result = Simulation.Run(mix, strategy, Choosers.Find(strategy), seed);
        }

        return result;
    }

    public IEnumerable<Result> RunAll(Mix mix) => Choosers.All.Select(s => Run(mix, s.Name));

    /// <summary>The best figure that any fixed choice reaches: what somebody would configure who knew everything beforehand.</summary>
    public Result BestStatic(Mix mix) => Enumerable.Range(1, (1 << mix.Providers.Length) - 1)
        .Select(set => Simulation.Run(mix, "static " + Letters(mix, (uint)set), Choosers.Static((uint)set), seed))
        .MinBy(result => result.Figure)!;

    private static string Letters(Mix mix, uint set) =>
        string.Join('+', mix.Providers.Where((_, i) => (set & (1u << i)) != 0).Select(p => p.Name));
}
