using System.Globalization;

namespace ProxyCluster.Bench.Micro.Keys;

/// <summary>What many keys cost, and what the time of a check tells of them: <c>keys scale</c>, <c>keys timing</c>.</summary>
internal static class KeysCommand
{
    private const string Usage = """
        Keys:

          keys scale   [--keys 1000000]    memory and look-ups of a gateway, the feed from empty, memory of the silo
          keys lookup  [--keys 1000000]    the first of it: memory and look-ups of a gateway
          keys timing  [--samples 20000]   Welch's t between keys whose secret begins right and wrong; ends with 1 beyond 4.5

        """;

    public static async Task<int> RunAsync(ReadOnlyMemory<string> arguments)
    {
        var args = arguments.ToArray();
        switch (args)
        {
            case ["scale", ..]:
                var population = new KeyPopulation(Number(args, "--keys", 1_000_000));
                await GatewayRun.RunAsync(population, Console.Out);
                await FeedRun.RunAsync(population, Console.Out);
                return 0;
            case ["lookup", ..]:
                await GatewayRun.RunAsync(new KeyPopulation(Number(args, "--keys", 1_000_000)), Console.Out);
                return 0;
            case ["timing", ..]:
                return await TimingRun.RunAsync(Number(args, "--samples", 20_000), Console.Out) ? 0 : 1;
            default:
                await Console.Out.WriteAsync(Usage);
                return args.Length == 0 ? 0 : 2;
        }
    }

    private static int Number(string[] args, string name, int otherwise)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? int.Parse(args[at + 1], CultureInfo.InvariantCulture) : otherwise;
    }
}
