using System.Text.Json;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.NodeSdk;

/// <summary>Runs the scripts of <c>tests/http/node</c>, which do what applications do and print a line of JSON for each check.</summary>
internal static class NodeChecks
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    // Once for all tests: it empties the folder that the others read.
    private static readonly Lazy<Task> Installed = new(static () => StartAsync("npm", ["ci", "--no-audit", "--no-fund", "--prefer-offline"]));

    private static string Folder => Path.Combine(RepositoryPaths.Root, "tests", "http", "node");

    /// <summary>Runs one script and holds it to the checks that it must have made.</summary>
    /// <param name="expected">Their names, in order.</param>
    /// <param name="script">The file.</param>
    /// <param name="arguments">For the script.</param>
    public static async Task AssertPassAsync(IEnumerable<string> expected, string script, params string[] arguments)
    {
        Requirement.Program("node");
        Requirement.Program("npm");
        await Installed.Value;
        var output = await StartAsync("node", [script, .. arguments]);
        var results = output.Split('\n').Where(static line => line.StartsWith('{')).Select(static line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(expected, results.Select(static result => result.GetProperty("name").GetString()));
        Assert.All(results, static result => Assert.True(result.GetProperty("passed").GetBoolean(), result.ToString()));
    }

    private static async Task<string> StartAsync(string program, string[] arguments)
    {
        await using var process = ChildProcess.Start(program, arguments, workingDirectory: Folder);
        await process.Exited.WaitAsync(Limit);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}:\n{process.Output}");
        return process.Output;
    }
}
