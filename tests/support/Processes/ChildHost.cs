namespace ProxyCluster.Tests.Support.Processes;

/// <summary>Stands for a test's process: starts an upstream, prints its process id, and waits to be killed.</summary>
internal static class ChildHost
{
    public static async Task<int> RunAsync()
    {
        await using var upstream = await UpstreamProcess.StartAsync();
        Console.WriteLine($"child {upstream.ProcessId}");
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        return 0;
    }
}
