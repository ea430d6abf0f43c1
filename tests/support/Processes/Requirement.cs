using Xunit;

namespace ProxyCluster.Tests.Support.Processes;

/// <summary>What a test needs from the machine. Missing: skipped on a user's machine, failed in CI, so that nothing passes unseen.</summary>
public static class Requirement
{
    public static void Program(string name)
    {
        if (Find(name) is not null)
        {
            return;
        }

        var reason = $"This test needs the program '{name}', which is not on the PATH.";
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
        {
            Assert.Fail(reason);
        }

        Assert.Skip(reason);
    }

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
