using System.Runtime.InteropServices;

namespace ProxyCluster.Core.Routing;

/// <summary>Memory for one choice, on the stack or rented: a place for each candidate.</summary>
internal readonly ref struct PickSpace
{
    /// <summary>Numbers that each candidate needs.</summary>
    public const int NumbersEach = 3;

    /// <param name="numbers"><see cref="NumbersEach"/> for each candidate.</param>
    /// <param name="values">One for each candidate.</param>
    public PickSpace(Span<int> numbers, Span<double> values)
    {
        var count = values.Length;
        Exclusions = MemoryMarshal.Cast<int, Exclusion>(numbers[..count]);
        InFlight = numbers.Slice(count, count);
        Eligible = numbers.Slice(2 * count, count);
        Values = values;
    }

    /// <summary>What speaks against each candidate.</summary>
    public Span<Exclusion> Exclusions { get; }

    /// <summary>Requests in flight at each candidate's provider; 0 where it can never serve.</summary>
    public Span<int> InFlight { get; }

    /// <summary>The numbers of those that may be asked, ascending.</summary>
    public Span<int> Eligible { get; }

    /// <summary>For the strategy's own use.</summary>
    public Span<double> Values { get; }
}
