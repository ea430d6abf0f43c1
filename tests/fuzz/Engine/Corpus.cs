namespace ProxyCluster.Tests.Fuzz.Engine;

/// <summary>The inputs kept for a target: good ones to start from, and every one that ever broke it.</summary>
internal static class Corpus
{
    public static IReadOnlyList<(string Name, byte[] Bytes)> Load(string folder) =>
        Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Select(f => (Path.GetFileName(f), File.ReadAllBytes(f)))]
            : throw new DirectoryNotFoundException($"There is no corpus at {folder}.");
}
