namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A parser of foreign bytes. Whatever it is given, it answers or refuses; it never throws and never hangs.</summary>
internal abstract class FuzzTarget
{
    /// <summary>Also the folder of its corpus.</summary>
    public abstract string Name { get; }

    /// <summary>Strings that mean something to this parser, for the mutator to plant.</summary>
    public abstract IReadOnlyList<string> Words { get; }

    /// <summary>Feeds one input.</summary>
    /// <returns>A number for the path taken: an input with a new one is worth mutating further.</returns>
    /// <exception cref="Exception">Any at all is a finding.</exception>
    public abstract int Run(byte[] input);

    public override string ToString() => Name;
}
