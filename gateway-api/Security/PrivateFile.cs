namespace ProxyCluster.GatewayApi.Security;

/// <summary>Files that only this process's user can read.</summary>
internal static class PrivateFile
{
    /// <summary>Writes a new file, down to the disk, readable by its owner only from the first byte.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        using var file = Create(path);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Replaces a file whole by what is written into the stream: a reader finds the old content or the new.</summary>
    public static void Replace(string path, Action<FileStream> write)
    {
        var temporary = path + ".new";
        using (var file = Create(temporary))
        {
            write(file);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private static FileStream Create(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    /// <summary>Replaces a file whole: a reader finds the old content or the new.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        Write(temporary, content);
        File.Move(temporary, path, overwrite: true);
    }
}
