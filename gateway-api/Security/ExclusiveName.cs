using System.Runtime.InteropServices;
using System.Text;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>Gives a file a name that nobody else has given to another one: of many at once, one succeeds.</summary>
internal static class ExclusiveName
{
    /// <summary>Gives the name, or leaves it to the file that has it.</summary>
    /// <param name="file">A whole file in the same directory. It may still have its own name afterwards.</param>
    /// <param name="name">The name.</param>
    /// <exception cref="IOException">The name could not be given, and no file has it.</exception>
    public static void Give(string file, string name)
    {
        if (OperatingSystem.IsWindows())
        {
            Move(file, name);
            return;
        }

        // File.Move looks first and renames then, and a rename overwrites what came in between; link(2) never does.
        if (Link(Terminated(file), Terminated(name)) != 0 && !File.Exists(name))
        {
            throw new IOException($"The file {name} cannot be made: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    private static void Move(string file, string name)
    {
        try
        {
            File.Move(file, name, overwrite: false);
        }
        catch (IOException) when (File.Exists(name))
        {
            // It is taken.
        }
    }

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + '\0');

    [DllImport("libc", EntryPoint = "link", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Link(byte[] existing, byte[] created);
}
