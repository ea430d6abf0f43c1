using System.Buffers;

namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Chooses passages that say much and do not repeat each other: greedy maximisation of a submodular coverage of terms by
/// cost (Lin and Bilmes 2011). Each further passage with a term gains a part of what the one before it gained.
/// </summary>
internal sealed class Coverage
{
    // Of conversations as people have them a few for each passage are needed.
    private const int FreeLooks = 1_000_000;
    private const int LooksPerPassage = 4;

    private readonly LexicalIndex _index;
    private readonly double[] _factors;
    private double[] _worth;
    private readonly double _repeated;

    /// <summary>Begins with nothing covered.</summary>
    /// <param name="index">The passages.</param>
    /// <param name="factors">How salient each is; divided by its cost here.</param>
    /// <param name="costs">Tokens of each.</param>
    /// <param name="weights">How much each sign counts.</param>
    public Coverage(LexicalIndex index, double[] factors, ReadOnlySpan<int> costs, HybridWeights weights)
    {
        (_index, _factors, _repeated) = (index, factors, weights.Repeated);
        for (var passage = 0; passage < factors.Length; passage++)
        {
            factors[passage] /= Math.Pow(costs[passage] + weights.CoverageOverhead, weights.CoverageCost);
        }

        _worth = ArrayPool<double>.Shared.Rent(index.Terms);
        for (var term = 0; term < index.Terms; term++)
        {
            _worth[term] = index.IsStop(term) ? 0 : Math.Pow(index.Rarity(term), weights.CoverageRarity) * (1 + (weights.Name * index.NameShareOf(term)));
        }
    }

    /// <summary>Gives its memory back. It is of no use from then on.</summary>
    public void GiveBack()
    {
        (var worth, _worth) = (_worth, []);
        ArrayPool<double>.Shared.Return(worth);
    }

    /// <summary>Counts a passage as kept.</summary>
    public void Cover(int passage)
    {
        foreach (var (term, _) in _index.Of(passage))
        {
            _worth[term] *= _repeated;
        }
    }

    /// <summary>What a passage would add, for each token of it.</summary>
    public double GainOf(int passage)
    {
        var sum = 0.0;
        foreach (var (term, _) in _index.Of(passage))
        {
            sum += _worth[term];
        }

        return sum * _factors[passage];
    }

    /// <summary>Offers passages by falling gain; one that is taken is covered before the next is offered.</summary>
    /// <param name="candidates">Which passages may be offered.</param>
    /// <param name="fits">Tells whether a passage could be taken now; one that could not is never asked for again.</param>
    /// <param name="take">Takes it.</param>
    public void Offer(IEnumerable<int> candidates, Func<int, bool> fits, Func<int, bool> take)
    {
        // Lazily: a gain only falls, so the head of the queue is the best as soon as its own is up to date (Minoux 1978).
        var queue = new PriorityQueue<int, (double Loss, int Passage)>(_factors.Length);
        foreach (var passage in candidates)
        {
            if (fits(passage))
            {
                queue.Enqueue(passage, (-GainOf(passage), -passage));
            }
        }

        // Passages that all say the same go stale together each time, as often as a stranger likes: then they come as they stood.
        var looks = FreeLooks + ((long)queue.Count * LooksPerPassage);
        while (queue.TryDequeue(out var passage, out _))
        {
            if (!fits(passage))
            {
                continue;
            }

            var loss = -GainOf(passage);
            if (looks-- > 0 && queue.TryPeek(out _, out var next) && loss > next.Loss)
            {
                queue.Enqueue(passage, (loss, -passage));
            }
            else if (take(passage))
            {
                Cover(passage);
            }
        }
    }
}
