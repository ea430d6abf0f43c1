using System.Globalization;
using System.Reflection;
using ProxyCluster.Tests.Fuzz.Probing;
using ProxyCluster.Tests.Fuzz.Targets;

var options = new Dictionary<string, string>(StringComparer.Ordinal);
for (var i = 0; i < args.Length; i++)
{
    options[args[i]] = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[++i] : "";
}

var targets = AllTargets.Create();
if (options.TryGetValue("--target", out var wanted))
{
    var names = wanted.Split(',');
    targets = [.. targets.Where(t => names.Contains(t.Name, StringComparer.Ordinal))];
}

if (targets.Count == 0)
{
    await Console.Error.WriteLineAsync($"There is no target '{wanted}'. There are: {string.Join(", ", AllTargets.Create())}");
    return 2;
}

var folder = AppContext.BaseDirectory;
var corpora = Path.GetFullPath(options.GetValueOrDefault("--corpora", Path.Combine(folder, "corpus")));
var isPlanted = options.ContainsKey("--planted");
var context = new ProbedContext(folder, isPlanted ? [.. AllTargets.Create().Select(static t => t.Planted)] : []);
return options.ContainsKey("--coverage") ? Cover() : isPlanted ? FindPlanted() : Feed();

object? Start(string method, object argument) => context.Start(Assembly.GetExecutingAssembly(), typeof(ProbedRun).FullName!, method, argument);

int Cover()
{
    var covered = (List<(string Target, string[] Parser, int Lines, string[] Missed)>)Start(nameof(ProbedRun.Cover), (corpora, string.Join(',', targets)))!;
    foreach (var (target, parser, lines, missed) in covered)
    {
        var percent = new LineCoverage(lines, missed).Percent;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target,-20} {percent,5:F1} % of {lines,4} lines: {string.Join(", ", parser)}"));
        if (missed.Length > 0 && options.ContainsKey("--missed"))
        {
            Console.WriteLine($"    {string.Join("\n    ", missed)}");
        }
    }

    return covered.TrueForAll(static one => new LineCoverage(one.Lines, one.Missed).Percent >= LineCoverage.Least) ? 0 : 1;
}

int FindPlanted()
{
    var missed = 0;
    foreach (var target in targets)
    {
        var (inputs, fault) = ((long, string?))Start(nameof(ProbedRun.FindPlanted), (corpora, target.Name))!;
        missed += fault is null ? 0 : 1;
        Console.WriteLine(fault ?? string.Create(CultureInfo.InvariantCulture, $"{target}: '{target.Planted}' found after {inputs:N0} inputs"));
    }

    return missed == 0 ? 0 : 1;
}

int Feed()
{
    var seconds = double.Parse(options.GetValueOrDefault("--seconds", "60"), CultureInfo.InvariantCulture);
    var seed = int.Parse(options.GetValueOrDefault("--seed", "1"), CultureInfo.InvariantCulture);
    var findings = Path.GetFullPath(options.GetValueOrDefault("--findings", "artifacts/fuzz"));
    var kept = options.GetValueOrDefault("--keep");
    return targets.Sum(target => (int)Start(nameof(ProbedRun.Feed), (corpora, target.Name, seconds, seed, findings, kept))!) == 0 ? 0 : 1;
}
