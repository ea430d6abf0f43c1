namespace ProxyCluster.Tests.Faults;

/// <summary>Short fault tests run with <c>dotnet test</c>; the drills take minutes and run with <c>make drills</c>.</summary>
internal static class Tier
{
    public static bool IsLong { get; } = Environment.GetEnvironmentVariable("FAULTS") == "long";

    public static void Drill() => Assert.SkipUnless(IsLong, "A drill of several minutes: run it with `make drills`.");
}
