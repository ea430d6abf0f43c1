using ProxyCluster.Bench.Load.Http;

namespace ProxyCluster.Bench.Load;

/// <summary>One load, by hand.</summary>
internal static class LoadCommand
{
    public static async Task<int> RunAsync(CommandOptions options)
    {
        var kind = Enum.Parse<RequestKind>(options.Text("kind") ?? "whole", ignoreCase: true);
        var target = new LoadTarget(options.Uri("url"), kind, options.Text("key"));
        var connections = options.Int("connections", 16);
        var duration = TimeSpan.FromSeconds(options.Number("seconds", 10));
        var rate = options.Number("rate", 0);
        var result = rate > 0
            ? LoadGenerator.Open(target, connections, duration, rate)
            : LoadGenerator.Closed(target, connections, duration);
        await Console.Out.WriteLineAsync(
            $"{result.Requests} requests, {result.Failures} failed, {result.RequestsPerSecond:F0}/s, "
            + $"p50 {result.P50:F3} ms, p99 {result.P99:F3} ms, first byte p50 {result.FirstByteP50:F3} ms, p99 {result.FirstByteP99:F3} ms");
        if (result.LastFailure is not null)
        {
            await Console.Out.WriteLineAsync(result.LastFailure);
        }

        return result.Failures == 0 ? 0 : 1;
    }
}
