using ProxyCluster.GatewayApi.Hosting;

namespace ProxyCluster.Silo.Storage;

/// <summary>The directory an embedded process keeps its state in. Held by one process at a time.</summary>
internal sealed class DataDirectory : IDisposable
{
    private readonly FileStream _lock;

    private DataDirectory(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    public string Path { get; }

    public string Database => System.IO.Path.Combine(Path, "state.db");

    /// <summary>What is written for each grant of a limit. Apart, so that its many writes and those of the rest do not wait for each other.</summary>
    public string GrantsDatabase => System.IO.Path.Combine(Path, "grants.db");

    /// <summary>Makes the directory if it is not there, and takes it.</summary>
    /// <exception cref="StartFault">Another process has it, or it cannot be written to.</exception>
    public static DataDirectory Take(string path)
    {
        var full = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(full);
            var file = System.IO.Path.Combine(full, ".lock");
            try
            {
                return new(full, new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException exception) when (File.Exists(file))
            {
                throw new StartFault($"The data directory {full} is in use by another process. Stop it, or set Cluster:DataDirectory to another directory.", exception);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartFault($"The data directory {full} cannot be written to: {exception.Message} Set Cluster:DataDirectory to one that can.", exception);
        }
    }

    public void Dispose() => _lock.Dispose();
}
