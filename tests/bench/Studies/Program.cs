using ProxyCluster.Bench.Studies.Condensation;
using ProxyCluster.Bench.Studies.Routing;

if (args is ["routing", ..])
{
    return StudyCommand.Run(args is [_, "--output", var folder] ? folder : null);
}

if (args is ["condensation", "--data", var data, ..])
{
    return CondensationStudy.Run(data, args is [_, _, _, "--output", var results] ? results : null);
}

await Console.Out.WriteLineAsync("""
    Studies: figures of algorithms in virtual time, the same on every machine.

      routing  [--output DIR]                         every strategy against every mix of providers and load
      condensation  --data FILE  [--output DIR]       what each way to condense keeps of long dialogues
    """);
return args.Length == 0 ? 0 : 2;
