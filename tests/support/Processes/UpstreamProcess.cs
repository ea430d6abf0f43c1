using System.Text.Json;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Support.Processes;

/// <summary>The scripted upstream as a process of its own. Its behaviour comes by path, header or model name.</summary>
public sealed class UpstreamProcess : IAsyncDisposable
{
    private readonly ChildProcess _process;

    private UpstreamProcess(ChildProcess process, Uri url)
    {
        _process = process;
        Url = url;
    }

    public Uri Url { get; }

    public int ProcessId => _process.Id;

    /// <param name="arguments">Those of <c>upstream</c>: <c>--port</c>, <c>--script</c>, <c>--keep</c>.</param>
    public static async Task<UpstreamProcess> StartAsync(params string[] arguments)
    {
        var process = ChildProcess.Start(RepositoryPaths.Support, ["upstream", "--port", $"{FreePorts.Next()}", .. arguments]);
        try
        {
            var line = await process.WaitForOutputAsync("http://", TimeSpan.FromSeconds(30));
            return new UpstreamProcess(process, new Uri(line.Trim()));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many POST requests came, and how many answers were sent to their end.</summary>
    public async Task<(long Requests, long Answered)> CountsAsync()
    {
        using var client = TestHttp.Client(Url);
        using var document = JsonDocument.Parse(await client.GetStringAsync("/_counts"));
        return (document.RootElement.GetProperty("requests").GetInt64(), document.RootElement.GetProperty("answered").GetInt64());
    }

    public Task KillAsync() => _process.KillAsync();

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
