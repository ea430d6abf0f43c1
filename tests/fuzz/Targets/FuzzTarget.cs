using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A parser of foreign bytes. Whatever it is given, it answers or refuses; it never throws and never hangs.</summary>
internal abstract class FuzzTarget
{
    /// <summary>Also the folder of its corpus.</summary>
    public abstract string Name { get; }

    /// <summary>Strings that mean something to this parser, for the mutator to plant.</summary>
    public abstract IReadOnlyList<string> Words { get; }

    /// <summary>
    /// The source files that read the bytes, below <c>gateway-api</c>, or below <c>core/</c>; of a file that does more, its
    /// methods: <c>Providers/StatusErrors.cs:TextOf</c>. The corpus has to reach nine in ten of their lines.
    /// </summary>
    public abstract IReadOnlyList<string> Parser { get; }

    /// <summary>A guard that the parser needs: without it the target has to fail, at inputs that are mutations only.</summary>
    public abstract PlantedBug Planted { get; }

    /// <summary>Feeds one input.</summary>
    /// <returns>A number for the path taken: an input with a new one is worth mutating further.</returns>
    /// <exception cref="Exception">Any at all is a finding.</exception>
    public abstract int Run(byte[] input);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
