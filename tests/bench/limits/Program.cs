using ProxyCluster.Bench.Limits;

switch (args)
{
    case ["grants", ..]:
        await GrantsCommand.RunAsync(TimeSpan.FromSeconds(args is [_, var seconds] ? int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture) : 10));
        return 0;
    case ["subjects", ..]:
        await SubjectsCommand.RunAsync(args is [_, var count] ? int.Parse(count, System.Globalization.CultureInfo.InvariantCulture) : 100_000);
        return 0;
    case ["audit", ..]:
        await AuditCommand.RunAsync(TimeSpan.FromSeconds(args is [_, var length] ? int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) : 5));
        return 0;
    case ["budgets", ..]:
        await BudgetsCommand.RunAsync(args is [_, var budgets] ? int.Parse(budgets, System.Globalization.CultureInfo.InvariantCulture) : 100_000);
        return 0;
    case ["lending", ..]:
        await LendingCommand.RunAsync(TimeSpan.FromSeconds(args is [_, var span] ? int.Parse(span, System.Globalization.CultureInfo.InvariantCulture) : 5));
        return 0;
    default:
        await Console.Out.WriteLineAsync("""
            Limits and audit: what grants, subjects and records cost. Build with -c Release.

              grants    [SECONDS]    grants a second and their latency, over SQLite and over Redis, committed together and each by itself
              subjects  [COUNT]      memory of so many subjects in a gateway and in a silo, used and idle
              audit     [SECONDS]    records a second of one audit log and their latency, over SQLite and over Redis
              lending   [SECONDS]    calls a second to one budget from many gateways, over SQLite and over Redis
              budgets   [COUNT]      memory of so many budgets in a gateway and in a silo, used and idle
            """);
        return args.Length == 0 ? 0 : 2;
}
