namespace ProxyCluster.Core.Condensation;

/// <summary>A term in a passage, in four bytes: there is one for every few characters of a conversation.</summary>
internal readonly record struct Occurrence
{
    private const int TimesBits = 6;
    private const uint MostTimes = (1 << TimesBits) - 1;

    private readonly uint _packed;

    /// <summary>A term that was seen once.</summary>
    public Occurrence(int term) => _packed = ((uint)term << TimesBits) | 1;

    private Occurrence(uint packed) => _packed = packed;

    /// <summary>Its number in the vocabulary.</summary>
    public int Term => (int)(_packed >> TimesBits);

    /// <summary>How often it stands there; 63: that often or more.</summary>
    public int Times => (int)(_packed & MostTimes);

    /// <summary>The same, seen once more.</summary>
    public Occurrence OneMore() => Times < MostTimes ? new Occurrence(_packed + 1) : this;

    /// <summary>Takes it apart.</summary>
    public void Deconstruct(out int term, out int times) => (term, times) = (Term, Times);
}
