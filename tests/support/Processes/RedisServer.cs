using System.Net.Sockets;

namespace ProxyCluster.Tests.Support.Processes;

/// <summary>Debian's <c>redis-server</c> on a port and in a directory of its own.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("proxycluster-redis-").FullName;
    private ChildProcess? _process;

    private RedisServer()
    {
    }

    public int Port { get; } = FreePorts.Next();

    /// <summary>Where its log of all writes is.</summary>
    public string Folder => _directory;

    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Starts it, or skips the running test where the machine has none. Under CI a missing server is a failure.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        Requirement.Program("redis-server");
        var server = new RedisServer();
        try
        {
            await server.RestartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again on its directory, after <see cref="KillAsync"/> or <see cref="StopAsync"/>.</summary>
    public async Task RestartAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _process = ChildProcess.Start(
            "redis-server",
            ["--port", $"{Port}", "--bind", "127.0.0.1", "--dir", _directory, "--save", "", "--appendonly", "yes"]);
        await _process.WaitForOutputAsync("Ready to accept connections", TimeSpan.FromSeconds(20));
    }

    /// <summary>SIGTERM: it writes its log to disk and ends.</summary>
    public Task<int> StopAsync() => _process!.StopAsync();

    /// <summary><c>kill -9</c>.</summary>
    public Task KillAsync() => _process!.KillAsync();

    /// <summary>Sends one command without waiting for more than its first line, for what no client library should do in between.</summary>
    public async Task<string> CommandAsync(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port);
        var stream = client.GetStream();
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(command + "\r\n"));
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync() ?? "";
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }
}
