using System.Globalization;
using ProxyCluster.Bench.Studies.Condensation;
using ProxyCluster.Bench.Studies.Routing;

if (args is ["routing", ..])
{
    return StudyCommand.Run(args is [_, "--output", var folder] ? folder : null);
}

if (args is ["condensation" or "condensation-holdout" or "condensation-speed", "--data", var data, ..])
{
    var options = args.Skip(3).Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
    var results = options.GetValueOrDefault("--output");
    var every = int.Parse(options.GetValueOrDefault("--every", "1"), CultureInfo.InvariantCulture);
    return args[0] switch
    {
        "condensation-speed" => SpeedStudy.Run(data, results),
        "condensation-holdout" => HoldOutStudy.Run(data, every, results),
        _ => CondensationStudy.Run(data, every, results),
    };
}

await Console.Out.WriteLineAsync("""
    Studies: figures of algorithms in virtual time, the same on every machine.

      routing  [--output DIR]                         every strategy against every mix of providers and load
      condensation  --data FILE  [--every N]  [--output DIR]
                                                      what each way to condense keeps of long dialogues; of every Nth question
      condensation-holdout  --data FILE  [--every N]  [--output DIR]
                                                      the same of conversations of other forms, and of coding sessions
      condensation-speed  --data FILE  [--output DIR] what condensing takes of a core
    """);
return args.Length == 0 ? 0 : 2;
