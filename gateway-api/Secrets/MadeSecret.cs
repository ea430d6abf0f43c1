using System.Security.Cryptography;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Secrets;

/// <summary>Random bytes in a file of their own, made when they are first needed. Of many processes at once all get the same.</summary>
internal static class MadeSecret
{
    /// <summary>Reads the file, and makes it where there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="size">How many bytes are made.</param>
    /// <exception cref="IOException">It cannot be read or made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read or made.</exception>
    public static byte[] ReadOrMake(string path, int size)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        if (!File.Exists(path))
        {
            Make(path, size);
        }

        return File.ReadAllBytes(path);
    }

    private static void Make(string path, int size)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        PrivateFile.Write(temporary, RandomNumberGenerator.GetBytes(size));
        try
        {
            // Where another process was faster, its bytes are the ones.
            ExclusiveName.Give(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
