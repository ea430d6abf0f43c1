using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Audit;

/// <summary>A restart as an operator asks for it, and <c>audit verify</c> over what the process left.</summary>
public sealed class AuditVerifyTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _key = ApiKeyFormat.Create(RandomNumberGenerator.GetBytes(ApiKeyFormat.RandomBytes));
    private SiloProcess _silo = null!;
    private HttpClient _admin = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Anchors => Path.Combine(_silo.Directory, "anchors");

    private string Database => Path.Combine(_silo.Directory, "data", "state.db");

    public async ValueTask InitializeAsync()
    {
        var directory = Directory.CreateTempSubdirectory("proxycluster-audit-").FullName;
        _silo = await SiloProcess.StartAsync(new()
        {
            Directory = directory,
            Config = new JsonObject
            {
                ["Auth"] = new JsonObject
                {
                    ["Keys"] = new JsonArray(new JsonObject { ["Name"] = "root", ["Key"] = _key, ["Roles"] = new JsonArray("admin") }),
                },
                ["Audit"] = new JsonObject { [nameof(Anchors)] = new JsonObject { ["PeriodSeconds"] = 1, ["Directory"] = Path.Combine(directory, "anchors") } },
            },
        });
        _admin = TestHttp.Client(_silo.Admin);
        _admin.DefaultRequestHeaders.Add("Authorization", "Bearer " + _key);
    }

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await _silo.DisposeAsync();
        Directory.Delete(_silo.Directory, recursive: true);
    }

    [Fact]
    public async Task Restart_DrainsAndExits_AndIsInTheLogThatHolds()
    {
        await RestartAsync();
        await _silo.RestartAsync();
        await Wait.UntilAsync(async () => (await ActionsAsync()).Count(IsStart) == 2, "the second start is in the log", Patience);

        var actions = await ActionsAsync();
        Assert.Equal(["intent", "done"], actions.Where(record => (string?)record["action"] == "system.restart").Select(record => (string?)record["outcome"]));
        Assert.Equal(1, actions.Count(record => (string?)record["action"] == "process.stop"));

        var (exit, told) = await VerifyAsync("--url", _silo.Admin.ToString(), "--key", _key, "--anchors", Anchors);
        Assert.True(exit == 0, told);
        Assert.Contains("is intact", told, StringComparison.Ordinal);

        var export = Path.Combine(_silo.Directory, "export.jsonl");
        var lines = (await _admin.GetStringAsync("/admin/v1/audit/export", Cancel)).TrimEnd('\n').Split('\n');
        await File.WriteAllLinesAsync(export, lines, Cancel);
        Assert.Equal(0, (await VerifyAsync("--file", export)).Exit);
        lines[2] = lines[2].Replace("\"actor\":\"", "\"actor\":\"x", StringComparison.Ordinal);
        await File.WriteAllLinesAsync(export, lines, Cancel);
        (exit, told) = await VerifyAsync("--file", export);
        Assert.Equal(3, exit);
        Assert.Contains("First bad record: 3:", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_Restored_IsFoundByTheAnchors()
    {
        await MakeKeysAsync(3);
        await RestartAsync();
        var backup = await File.ReadAllBytesAsync(Database, Cancel);
        await _silo.RestartAsync();
        await MakeKeysAsync(3);
        await RestartAsync();
        Assert.Equal(0, (await VerifyAsync("--anchors", Anchors)).Exit);

        await File.WriteAllBytesAsync(Database, backup, Cancel);

        var (exit, told) = await VerifyAsync("--anchors", Anchors);
        Assert.True(exit == 3, told);
        Assert.Contains("the end is missing", told, StringComparison.Ordinal);
        Assert.Equal(0, (await VerifyAsync()).Exit);
    }

    [Fact]
    public async Task Bootstrap_OfAKey_IsInTheLog()
    {
        await _silo.Process.StopAsync(Patience);
        var (exit, told) = await RunAsync("keys", "create", "--bootstrap", "--name", "first", "--role", "admin");
        Assert.True(exit == 0, told);
        await _silo.RestartAsync();

        var made = (await ActionsAsync()).Where(record => (string?)record["auth"] == "command_line").ToList();

        Assert.Equal(["intent", "done"], made.Select(record => (string?)record["outcome"]));
        Assert.Contains((string)made[1]["object"]!, told, StringComparison.Ordinal);
    }

    private static bool IsStart(JsonNode record) => (string?)record["action"] == "process.start";

    private async Task RestartAsync()
    {
        // That the process has started is told after its first second, and anchors are put each second.
        await Wait.UntilAsync(async () => (await ActionsAsync()).Count > 0, "the start is in the log", Patience);
        var last = (long)(await ActionsAsync())[^1]["seq"]!;
        await Wait.UntilAsync(() => Task.FromResult(AnchoredUpTo() >= last), "the last record is anchored", Patience);
        using var answer = await _admin.PostAsync("/admin/v1/system/restart", null, Cancel);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await _silo.Process.Exited.WaitAsync(Patience, TimeProvider.System, Cancel);
        Assert.Equal(75, _silo.Process.ExitCode);
    }

    private long AnchoredUpTo() => !Directory.Exists(Anchors) ? 0 : Directory.GetFiles(Anchors)
        .SelectMany(file => ReadShared(file).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        .Select(line => JsonNode.Parse(line)!)
        .Where(anchor => (string?)anchor["log"] == "local/actions")
        .Select(anchor => (long)anchor["seq"]!)
        .DefaultIfEmpty()
        .Max();

    private static string ReadShared(string file)
    {
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        return reader.ReadToEnd();
    }

    private async Task MakeKeysAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            using var made = await _admin.PostAsJsonAsync("/admin/v1/keys", new { name = string.Create(CultureInfo.InvariantCulture, $"key-{i}") }, Cancel);
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        }
    }

    private async Task<List<JsonNode>> ActionsAsync() =>
        [.. JsonNode.Parse(await _admin.GetStringAsync("/admin/v1/audit?limit=1000", Cancel))!["data"]!.AsArray().Select(record => record!)];

    private Task<(int Exit, string Told)> VerifyAsync(params string[] arguments) => RunAsync(["audit", "verify", .. arguments]);

    private async Task<(int Exit, string Told)> RunAsync(params string[] arguments)
    {
        await using var command = ChildProcess.Start(RepositoryPaths.Silo, [.. arguments, "--config", _silo.ConfigFile], workingDirectory: _silo.Directory);
        await command.Exited.WaitAsync(Patience, TimeProvider.System, Cancel);
        return (command.ExitCode, command.Output + command.Errors);
    }
}
