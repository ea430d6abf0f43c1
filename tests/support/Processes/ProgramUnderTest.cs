using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Support.Processes;

/// <summary>
/// A ProxyCluster program as a process: ports of its own below 32768, a data directory and a configuration file of its
/// own, and nothing from the machine's environment.
/// </summary>
public abstract class ProgramUnderTest : IAsyncDisposable
{
    private static readonly string[] Foreign =
    [
        "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "GROQ_API_KEY", "MISTRAL_API_KEY", "DEEPSEEK_API_KEY",
        "TOGETHER_API_KEY", "OPENROUTER_API_KEY", "XAI_API_KEY", "OLLAMA_HOST", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_ENDPOINT", "PROXYCLUSTER_CONFIG", "ASPNETCORE_URLS",
    ];

    private readonly bool _ownsDirectory;

    private protected ProgramUnderTest(ProgramOptions options)
    {
        Options = options;
        _ownsDirectory = options.Directory is null;
        Directory = options.Directory ?? System.IO.Directory.CreateTempSubdirectory("proxycluster-test-").FullName;
        Data = Address(options.DataPort);
        Admin = Address(0);
        Ops = Address(0);
    }

    /// <summary>What applications call, without a path.</summary>
    public Uri Data { get; }

    public Uri Admin { get; }

    public Uri Ops { get; }

    /// <summary>Data directory and configuration file are in it.</summary>
    public string Directory { get; }

    public string ConfigFile => Path.Combine(Directory, "proxycluster.json");

    public ChildProcess Process { get; private set; } = null!;

    private protected ProgramOptions Options { get; }

    /// <summary>The process's whole configuration as written. Change it and call <see cref="WriteConfig"/> for a reload.</summary>
    public JsonObject Config { get; private set; } = [];

    /// <summary>Writes the configuration in one step, so that a reload never sees half of it.</summary>
    public void WriteConfig()
    {
        File.WriteAllText(ConfigFile + ".new", Config.ToJsonString(new() { WriteIndented = true }));
        File.Move(ConfigFile + ".new", ConfigFile, overwrite: true);
    }

    /// <summary>Starts the process again on its directory and ports, after it was stopped or killed.</summary>
    public async Task RestartAsync()
    {
        await Process.DisposeAsync();
        await LaunchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Process is not null)
        {
            await Process.DisposeAsync();
        }

        if (_ownsDirectory && System.IO.Directory.Exists(Directory))
        {
            System.IO.Directory.Delete(Directory, recursive: true);
        }

        GC.SuppressFinalize(this);
    }

    private protected abstract string Assembly { get; }

    private protected virtual void Configure(JsonObject config)
    {
    }

    /// <summary>Writes the configuration, starts the process and waits until it is ready.</summary>
    private protected async Task BeginAsync()
    {
        Config = (JsonObject)Options.Config.DeepClone();
        // Upstreams of tests are on this machine, those that are made through the API too.
        Config["Outbound"] ??= new JsonObject();
        Config["Outbound"]!["AllowPrivate"] ??= new JsonArray("127.0.0.0/8", "::1");
        Config["Listen"] ??= new JsonObject();
        Config["Listen"]![nameof(Data)] ??= Data.ToString().TrimEnd('/');
        Config["Listen"]![nameof(Admin)] ??= Admin.ToString().TrimEnd('/');
        Config["Listen"]![nameof(Ops)] ??= Ops.ToString().TrimEnd('/');
        Config["Cluster"] ??= new JsonObject();
        Config["Cluster"]!["DataDirectory"] ??= Path.Combine(Directory, "data");
        Configure(Config);
        WriteConfig();
        try
        {
            await LaunchAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    private async Task LaunchAsync()
    {
        var environment = Foreign.ToDictionary(name => name, _ => (string?)null);
        foreach (var (name, value) in Options.Environment)
        {
            environment[name] = value;
        }

        Process = ChildProcess.Start(Assembly, ["--config", ConfigFile, .. Options.Arguments], environment, Directory);
        if (Options.WaitUntilReady)
        {
            await WaitUntilReadyAsync();
        }
    }

    /// <summary>Polls <c>/health/ready</c>. The process has no event to wait for that a test could trust.</summary>
    public async Task WaitUntilReadyAsync(TimeSpan? limit = null)
    {
        using var client = TestHttp.Client(Ops);
        using var deadline = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(60));
        var last = "no answer";
        while (!Process.HasExited && !deadline.IsCancellationRequested)
        {
            try
            {
                using var answer = await client.GetAsync("/health/ready", deadline.Token);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }

                last = await answer.Content.ReadAsStringAsync(deadline.Token);
            }
            catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException)
            {
                last = fault.Message;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        var output = Process.Output;
        var state = Process.HasExited ? $"ended with {Process.ExitCode}" : $"is not ready ({last})";
        await Process.DisposeAsync();
        throw new InvalidOperationException($"{GetType().Name} {state}:\n{output}");
    }

    private static Uri Address(int port) => new($"http://127.0.0.1:{(port == 0 ? FreePorts.Next() : port)}");
}
