using Xunit;

namespace ProxyCluster.Tests.Support.Processes;

/// <summary>What a test needs from the machine. Missing: skipped on a user's machine, failed in CI, so that nothing passes unseen.</summary>
public static class Requirement
{
    public static void Program(string name)
    {
        That(Find(name) is not null, $"This test needs the program '{name}', which is not on the PATH.");
    }

    /// <summary>Goes on if something is there.</summary>
    /// <param name="isThere">Whether it is.</param>
    /// <param name="reason">What is said if not.</param>
    public static void That(bool isThere, string reason)
    {
        if (isThere)
        {
            return;
        }

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
