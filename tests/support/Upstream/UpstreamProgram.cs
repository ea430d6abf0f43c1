using System.Globalization;
using System.Runtime.InteropServices;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary><c>upstream [--port N] [--script TEXT] [--keep N]</c>: prints its URL and serves until it is told to stop.</summary>
internal static class UpstreamProgram
{
    public static int Usage()
    {
        Console.Error.WriteLine("usage: ProxyCluster.Tests.Support upstream [--port N] [--script 'delay=100;events=50'] [--keep N]");
        return 2;
    }

    public static async Task<int> RunAsync(string[] options)
    {
        var (port, keep, script) = (0, 0, "");
        for (var i = 0; i + 1 < options.Length; i += 2)
        {
            switch (options[i])
            {
                case "--port": port = int.Parse(options[i + 1], CultureInfo.InvariantCulture); break;
                case "--keep": keep = int.Parse(options[i + 1], CultureInfo.InvariantCulture); break;
                case "--script": script = options[i + 1]; break;
                default: return Usage();
            }
        }

        var stop = new TaskCompletionSource();
        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var onInt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        await using var upstream = await ScriptedUpstream.StartAsync(port, keep);
        upstream.Behaviour = BehaviourText.Parse(script);
        Console.WriteLine(upstream.Url.ToString().TrimEnd('/'));
        await stop.Task;
        return 0;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.TrySetResult();
        }
    }
}
