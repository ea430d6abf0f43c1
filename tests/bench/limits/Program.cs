using ProxyCluster.Bench.Limits;

switch (args)
{
    case ["grants", ..]:
        await GrantsCommand.RunAsync(TimeSpan.FromSeconds(args is [_, var seconds] ? int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture) : 10));
        return 0;
    case ["subjects", ..]:
        await SubjectsCommand.RunAsync(args is [_, var count] ? int.Parse(count, System.Globalization.CultureInfo.InvariantCulture) : 100_000);
        return 0;
    default:
        await Console.Out.WriteLineAsync("""
            Limits: what grants and subjects cost. Build with -c Release.

              grants    [SECONDS]    grants a second and their latency, over SQLite and over Redis, committed together and each by itself
              subjects  [COUNT]      memory of so many subjects in a gateway and in a silo, used and idle
            """);
        return args.Length == 0 ? 0 : 2;
}
