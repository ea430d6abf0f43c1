using System.Diagnostics;

namespace ProxyCluster.Tests.Support.Processes;

/// <summary>
/// A process beside the tests that knows their children and kills those still alive when the tests' own process is gone,
/// however it went: <c>kill -9</c>, a crash, Ctrl-C. It learns of that by the end of its standard input.
/// </summary>
/// <remarks>
/// A child that watches its parent would do for a program of ours, and not for <c>redis-server</c>; the kernel's own
/// signal for it (<c>PR_SET_PDEATHSIG</c>) comes when the thread ends that started the child, and threads of the pool do.
/// </remarks>
internal static class ChildGuard
{
    // Deaf to the Ctrl-C that ends the tests: that is when it is needed.
    private const string Script =
        """
        trap '' HUP INT TERM
        exec >/dev/null 2>&1
        alive=
        while read -r change id; do
          kept=
          for one in $alive; do
            [ "$one" = "$id" ] || kept="$kept $one"
          done
          alive=$kept
          [ "$change" = + ] && alive="$alive $id"
        done
        for one in $alive; do
          kill -9 "$one"
        done
        """;

    private static readonly Lock Gate = new();
    private static StreamWriter? _guard;

    /// <summary>Starts a process that will not outlive this one.</summary>
    public static void Start(Process child)
    {
        lock (Gate)
        {
            // The guard first: where it cannot be started, nothing is left behind.
            _guard ??= StartGuard();
            child.EnableRaisingEvents = true;
            child.Start();
            var id = child.Id;
            _guard.WriteLine($"+ {id}");
            child.Exited += (_, _) => Forget(id);
        }
    }

    /// <summary>The process has ended: its id may soon be another's.</summary>
    public static void Forget(int process)
    {
        lock (Gate)
        {
            _guard!.WriteLine($"- {process}");
        }
    }

    private static StreamWriter StartGuard()
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        var input = Process.Start(start)!.StandardInput;
        input.AutoFlush = true;
        return input;
    }
}
