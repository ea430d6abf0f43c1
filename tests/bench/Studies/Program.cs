using ProxyCluster.Bench.Studies.Routing;

if (args is ["routing", ..])
{
    return StudyCommand.Run(args is [_, "--output", var folder] ? folder : null);
}

await Console.Out.WriteLineAsync("""
    Studies: figures of algorithms in virtual time, the same on every machine.

      routing  [--output DIR]    every strategy against every mix of providers and load
    """);
return args.Length == 0 ? 0 : 2;
