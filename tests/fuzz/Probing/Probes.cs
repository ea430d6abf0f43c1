namespace ProxyCluster.Tests.Fuzz.Probing;

/// <summary>What the probes have seen. The default sees nothing: of the product without probes.</summary>
internal sealed class Probes(byte[] hits, ProbeMap map, Action<int> plant)
{
    /// <summary>No probes.</summary>
    public static Probes None { get; } = new([], new ProbeMap([], [], [], []), static _ => { });

    /// <summary>How many statements were reached since <see cref="Clear"/>.</summary>
    public int Reached => hits.Length - hits.AsSpan().Count((byte)0);

    /// <summary>Forgets what was reached.</summary>
    public void Clear() => Array.Clear(hits);

    /// <summary>Plants a bug.</summary>
    /// <param name="number">Its number, from 1; 0 takes the planted one away.</param>
    public void Plant(int number) => plant(number);

    /// <summary>The lines of a parser, and which of them were reached.</summary>
    /// <param name="parser">Source files, as <see cref="FuzzTarget"/> names them.</param>
    public LineCoverage CoverageOf(IEnumerable<string> parser) => LineCoverage.Of(parser, map, hits);
}
