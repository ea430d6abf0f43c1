using System.Reflection;
using ProxyCluster.Tests.Fuzz.Probing;
using ProxyCluster.Tests.Fuzz.Targets;

namespace ProxyCluster.Tests.Unit.Fuzz;

/// <summary>What the fuzzers are worth: how much of each parser the kept inputs reach, and whether a missing guard is found.</summary>
public sealed class ProbedTests
{
    private static readonly string Corpora = Path.Combine(AppContext.BaseDirectory, "corpus");

    private static readonly Lazy<ProbedContext> Probed = new(static () =>
        new ProbedContext(AppContext.BaseDirectory, [.. AllTargets.Create().Select(static target => target.Planted)]));

    private static readonly Lazy<Dictionary<string, LineCoverage>> Covered = new(Cover);

    public static TheoryData<string> TargetNames => [.. AllTargets.Create().Select(static target => target.Name)];

    [Theory]
    [MemberData(nameof(TargetNames))]
    public void Parser_KeptInputs_ReachNineLinesInTen(string name)
    {
        var coverage = Covered.Value[name];

        Assert.True(
            coverage.Percent >= LineCoverage.Least,
            $"{name}: {coverage.Percent:F1} % of {coverage.Lines} lines are reached, not these:\n{string.Join('\n', coverage.Missed)}");
    }

    [Theory]
    [MemberData(nameof(TargetNames))]
    public void Parser_WithoutItsGuard_IsFoundByMutation(string name)
    {
        var (inputs, fault) = ((long, string?))Start(nameof(ProbedRun.FindPlanted), (Corpora, name));

        Assert.Null(fault);
        Assert.InRange(inputs, 1, ProbedRun.MostInputs);
    }

    [Fact]
    public void Parser_EveryFileThatATargetNames_HasLines()
    {
        var named = AllTargets.Create().SelectMany(static target => target.Parser).Distinct(StringComparer.Ordinal).ToArray();

        Assert.Empty((string[])Start(nameof(ProbedRun.FindUnknown), named));
    }

    private static Dictionary<string, LineCoverage> Cover()
    {
        var names = string.Join(',', AllTargets.Create());
        var covered = (List<(string Target, string[] Parser, int Lines, string[] Missed)>)Start(nameof(ProbedRun.Cover), (Corpora, names));
        return covered.ToDictionary(static one => one.Target, static one => new LineCoverage(one.Lines, one.Missed), StringComparer.Ordinal);
    }

    private static object Start(string method, object argument) =>
        Probed.Value.Start(Assembly.GetExecutingAssembly(), typeof(ProbedRun).FullName!, method, argument)!;
}
