using System.Globalization;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Faults.Processes;

/// <summary>What tests start must not outlive them: a leaked upstream keeps its port and its memory until somebody notices.</summary>
public sealed class ChildGuardTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task TestProcess_Killed_TakesItsChildrenWithIt()
    {
        await using var tests = ChildProcess.Start(RepositoryPaths.Support, ["host"]);
        var line = await tests.WaitForOutputAsync("child ", Patience);
        var child = int.Parse(line["child ".Length..], CultureInfo.InvariantCulture);
        Assert.True(IsAlive(child));

        await tests.KillAsync();

        using var deadline = new CancellationTokenSource(Patience);
        while (IsAlive(child))
        {
            Assert.False(deadline.IsCancellationRequested, $"Process {child} has outlived process {tests.Id} by {Patience.TotalSeconds} s.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    // A dead one whose new parent has not looked yet (a zombie) is dead.
    private static bool IsAlive(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
