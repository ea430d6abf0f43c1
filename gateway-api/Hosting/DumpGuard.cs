using System.Runtime.InteropServices;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>
/// Keeps what the process holds as text, such as providers' keys, out of core files and from other processes of its user. On
/// Linux; elsewhere nothing is done.
/// </summary>
internal static partial class DumpGuard
{
    /// <summary>The variable that, with <c>1</c>, lifts the guard. No setting: this comes before the configuration is read.</summary>
    public const string Variable = "PROXYCLUSTER_ALLOW_DUMPS";

    // RLIMIT_CORE of setrlimit(2) and PR_SET_DUMPABLE of prctl(2).
    private const int CoreSize = 4;
    private const int Dumpable = 4;

    private static bool _failed;

    /// <summary>Sets it. Before any secret is read.</summary>
    public static void Set()
    {
        if (!OperatingSystem.IsLinux() || IsLifted)
        {
            return;
        }

        // The limit is for children as well, which begin dumpable; the flag also for cores that are piped to a program.
        var limited = SetLimit(CoreSize, default);
        var flagged = Control(Dumpable, 0, 0, 0, 0);
        _failed = limited != 0 || flagged != 0;
    }

    /// <summary>Warns where the process can be dumped although it runs on Linux.</summary>
    public static void Tell(ILogger logger)
    {
        if (OperatingSystem.IsLinux() && IsLifted)
        {
            LogLifted(logger, Variable);
        }
        else if (_failed)
        {
            LogFailed(logger);
        }
    }

    private static bool IsLifted => Environment.GetEnvironmentVariable(Variable) == "1";

    [LoggerMessage(3411, LogLevel.Warning, "This process can be dumped, with the keys it holds, because {Variable} is 1: take it away when you have what you look for")]
    private static partial void LogLifted(ILogger logger, string variable);

    [LoggerMessage(3412, LogLevel.Warning, "The system does not let this process keep itself from being dumped: who dumps it has the keys it holds")]
    private static partial void LogFailed(ILogger logger);

    [DllImport("libc", EntryPoint = "setrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetLimit(int resource, in Limit limit);

    [DllImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    // Bytes now, and the most that may be asked for: none and none.
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(nuint Soft, nuint Hard);
}
