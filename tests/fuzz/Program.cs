using System.Globalization;
using ProxyCluster.Tests.Fuzz.Engine;
using ProxyCluster.Tests.Fuzz.Targets;

var options = new Dictionary<string, string>(StringComparer.Ordinal);
for (var i = 0; i + 1 < args.Length; i += 2)
{
    options[args[i]] = args[i + 1];
}

var seconds = double.Parse(options.GetValueOrDefault("--seconds", "60"), CultureInfo.InvariantCulture);
var seed = int.Parse(options.GetValueOrDefault("--seed", "1"), CultureInfo.InvariantCulture);
var only = options.GetValueOrDefault("--target");
var targets = AllTargets.Create().Where(t => only is null || t.Name == only).ToList();
if (targets.Count == 0)
{
    await Console.Error.WriteLineAsync($"There is no target '{only}'. There are: {string.Join(", ", AllTargets.Create())}");
    return 2;
}

var corpora = Path.Combine(AppContext.BaseDirectory, "corpus");
var findingsFolder = Path.GetFullPath(options.GetValueOrDefault("--findings", "artifacts/fuzz"));
var total = 0;
foreach (var target in targets)
{
    var (inputs, findings) = new Fuzzer(target, Path.Combine(corpora, target.Name), findingsFolder).Run(TimeSpan.FromSeconds(seconds), seed);
    total += findings;
    await Console.Out.WriteLineAsync($"{target.Name}: {inputs:N0} inputs, {findings} findings");
}

return total == 0 ? 0 : 1;
