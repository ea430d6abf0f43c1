namespace ProxyCluster.Bench.Load.Compare;
internal static class CompareCommand { public static Task<int> RunAsync(CommandOptions options) => Task.FromResult(options.Flag("x") ? 1 : 0); }
