namespace ProxyCluster.Tests.Fuzz.Probing;

/// <summary>What the probes stand for, probe by probe. Made of plain arrays: it is handed from one load context to another.</summary>
/// <param name="Files">The statement's source file, below the project's folder.</param>
/// <param name="Methods">The method's name, as the source has it.</param>
/// <param name="FirstLines">Where the statement begins, from 1.</param>
/// <param name="LastLines">Where it ends.</param>
internal sealed record ProbeMap(string[] Files, string[] Methods, int[] FirstLines, int[] LastLines);
