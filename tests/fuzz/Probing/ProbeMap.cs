namespace ProxyCluster.Tests.Fuzz.Probing;

/// <summary>What the probes stand for, probe by probe. It is handed from one load context to another.</summary>
/// <param name="Files">The statement's source file, below the project's folder.</param>
/// <param name="Methods">The method's name, as the source has it.</param>
/// <param name="FirstLines">Where the statement begins, from 1.</param>
/// <param name="LastLines">Where it ends.</param>
internal sealed record ProbeMap(string[] Files, string[] Methods, int[] FirstLines, int[] LastLines)
{
    /// <summary>A map of another context.</summary>
    /// <param name="arrays">As <see cref="ToArrays"/> gave them.</param>
    public static ProbeMap From(Array[] arrays) => new((string[])arrays[0], (string[])arrays[1], (int[])arrays[2], (int[])arrays[3]);

    /// <summary>Types that every context knows.</summary>
    public Array[] ToArrays() => [Files, Methods, FirstLines, LastLines];
}
