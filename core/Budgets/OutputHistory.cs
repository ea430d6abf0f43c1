namespace ProxyCluster.Core.Budgets;

/// <summary>How long the last answers of one caller and model were, for guessing the next one's length. Not thread-safe.</summary>
public sealed class OutputHistory
{
    private const int Kept = 64;
    private const int Fewest = 8;
    private const double Share = 0.95;
    private const double Margin = 1.5;

    private readonly int[] _lengths = new int[Kept];
    private int _count;
    private int _next;

    /// <summary>The tokens to expect of an answer: 1.5 times the 95th percentile (RELIABILITY 5.4); 0: too few are known.</summary>
    public int Expected { get; private set; }

    /// <summary>Takes an answer in.</summary>
    /// <param name="tokens">Its length; at least 0.</param>
    public void Add(long tokens)
    {
        _lengths[_next] = (int)Math.Clamp(tokens, 0, int.MaxValue / 2);
        _next = (_next + 1) % Kept;
        _count = Math.Min(_count + 1, Kept);
        if (_count < Fewest)
        {
            return;
        }

        Span<int> sorted = stackalloc int[Kept];
        _lengths.AsSpan(0, _count).CopyTo(sorted);
        sorted[.._count].Sort();
        Expected = (int)Math.Ceiling(sorted[(int)Math.Ceiling(Share * _count) - 1] * Margin);
    }
}
