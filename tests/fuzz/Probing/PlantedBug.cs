namespace ProxyCluster.Tests.Fuzz.Probing;

/// <summary>
/// A guard of a parser that can be switched off, to show that the fuzzer would find its absence: while the bug is
/// planted, the condition of the <c>if</c> counts as false, whatever it is.
/// </summary>
/// <param name="File">The source file, as <see cref="Targets.FuzzTarget.Parser"/> names it.</param>
/// <param name="Guard">What the guard's line begins with.</param>
internal sealed record PlantedBug(string File, string Guard)
{
    /// <summary>What the condition counts as: <see langword="true"/> where the guard stands before what may be done, and not before a refusal.</summary>
    public bool CountsAs { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{File}: {Guard}";
}
