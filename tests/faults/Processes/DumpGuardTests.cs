using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Faults.Processes;

/// <summary>A process holds keys as text and keeps itself from being dumped, unless it is told not to.</summary>
public sealed class DumpGuardTests
{
    private const string Variable = "PROXYCLUSTER_ALLOW_DUMPS";

    [Fact]
    public async Task Process_MayLeaveNoCore_UnlessTheVariableLetsIt_AndThenItWarns()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Processes keep themselves from dumps on Linux.");
        await using var guarded = await StartAsync(null);
        await using var lifted = await StartAsync("1");

        Assert.Equal("0 0", CoreLimitOf(guarded.Process.Id));
        Assert.DoesNotContain("dumped", guarded.Process.Output, StringComparison.Ordinal);
        Assert.Equal(CoreLimitOf(Environment.ProcessId), CoreLimitOf(lifted.Process.Id));
        Assert.Contains($"can be dumped, with the keys it holds, because {Variable} is 1", lifted.Process.Output, StringComparison.Ordinal);
    }

    private static Task<SiloProcess> StartAsync(string? value) =>
        SiloProcess.StartAsync(new() { Environment = new Dictionary<string, string?> { [Variable] = value } });

    // The soft limit and the hard one; the numbers stand behind a name of four words.
    private static string CoreLimitOf(int process) => string.Join(' ', File.ReadLines($"/proc/{process}/limits")
        .Single(static line => line.StartsWith("Max core file size", StringComparison.Ordinal))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[4..6]);
}
