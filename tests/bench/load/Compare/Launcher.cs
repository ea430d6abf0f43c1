using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Bench.Load.Http;

namespace ProxyCluster.Bench.Load.Compare;

/// <summary>Publishes and starts what is compared, each on a free port, with its files in one temporary folder.</summary>
internal sealed class Launcher(string workspace)
{
    // A key of the right form for a process that lives for one comparison.
    private const string Key = "sk-pc-BenchBench01-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefg0FE1l1";

    // Below the kernel's range for outgoing connections, so that none of those takes a port between look and use.
    private int _nextPort = 23_000;

    /// <summary>The Release build as a user gets it.</summary>
    public static async Task<string> PublishAsync(string repository, string output)
    {
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = repository };
        foreach (var argument in new[] { "publish", "silo", "-c", "Release", "-o", output, "--nologo", "-v", "quiet" })
        {
            start.ArgumentList.Add(argument);
        }

        using var publish = Process.Start(start)!;
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0
            ? output
            : throw new InvalidOperationException("dotnet publish failed; its output is above.");
    }

    public async Task<Candidate> StartUpstreamAsync()
    {
        var port = FreePort();
        return await Candidate.StartAsync("upstream", () => Self("upstream", port, null), Chat(port), key: null);
    }

    public async Task<Candidate> StartYardstickAsync(string command, Candidate upstream)
    {
        var port = FreePort();
        var authority = new Uri(upstream.Target(RequestKind.Whole).Url.GetLeftPart(UriPartial.Authority));
        return await Candidate.StartAsync(command, () => Self(command, port, authority), Chat(port), Key);
    }

    /// <summary>The product in its default role, with metrics on, and a fresh data directory.</summary>
    public async Task<Candidate> StartProductAsync(ProductVariant product, Candidate upstream)
    {
        var port = FreePort();
        var ops = FreePort();
        var folder = Directory.CreateDirectory(Path.Combine(workspace, $"product-{port}")).FullName;
        var configuration = Path.Combine(folder, "proxycluster.json");
        var settings = Configuration(port, folder, new Uri(upstream.Target(RequestKind.Whole).Url, "/v1"), ChatRequest.Models, isJoined: true, ops);
        ProductConfiguration.Apply(settings, product.Access, Key);
        await File.WriteAllTextAsync(configuration, settings.ToJsonString());
        return await Candidate.StartAsync(
            product.Name,
            () => ChildProcess.Start(Path.Combine(product.Published, "ProxyCluster.Silo"), ["--config", configuration], folder, Path.Combine(folder, "log.txt")),
            Chat(port),
            Key,
            ops: new Uri(Loopback(ops)));
    }

    /// <summary>The product for embeddings alone.</summary>
    public async Task<Candidate> StartForEmbeddingsAsync(string published, string name, Uri upstream, bool isJoined)
    {
        var port = FreePort();
        var folder = Directory.CreateDirectory(Path.Combine(workspace, $"product-{port}")).FullName;
        var configuration = Path.Combine(folder, "proxycluster.json");
        var settings = Configuration(port, folder, upstream, [ChatRequest.EmbeddingModel], isJoined, FreePort());
        ProductConfiguration.Apply(settings, ProductAccess.OfAKey, Key);
        await File.WriteAllTextAsync(configuration, settings.ToJsonString());
        return await Candidate.StartAsync(
            name,
            () => ChildProcess.Start(Path.Combine(published, "ProxyCluster.Silo"), ["--config", configuration], folder, Path.Combine(folder, "log.txt")),
            new Uri(Chat(port), "/v1/embeddings"),
            Key,
            RequestKind.Embeddings);
    }

    private static Uri Chat(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/v1/chat/completions"));

    private JsonObject Configuration(int dataPort, string folder, Uri upstream, IReadOnlyList<string> models, bool isJoined, int opsPort) =>
        JsonSerializer.SerializeToNode(new
        {
            Listen = new { Data = Loopback(dataPort), Admin = Loopback(FreePort()), Ops = Loopback(opsPort) },
            Cluster = new { SiloPort = FreePort(), GatewayPort = FreePort(), DataDirectory = Path.Combine(folder, "data") },
            Providers = new[] { new { Name = "mock", Type = "openai", BaseUrl = upstream.ToString(), ApiKey = "upstream-key", Models = models } },
            Batching = new { Embeddings = new { Enabled = isJoined } },
        })!.AsObject();

    private static string Loopback(int port) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    private ChildProcess Self(string command, int port, Uri? upstream)
    {
        string[] arguments = [command, "--port", port.ToString(CultureInfo.InvariantCulture), .. upstream is null ? [] : new[] { "--upstream", upstream.ToString() }];
        return ChildProcess.Start(Environment.ProcessPath!, arguments, workspace, Path.Combine(workspace, $"{command}-{port}.txt"));
    }

    private int FreePort()
    {
        while (true)
        {
            using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(IPAddress.Loopback, _nextPort));
                return _nextPort++;
            }
            catch (SocketException)
            {
                _nextPort++;
            }
        }
    }
}
