using System.Collections.Immutable;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Core.Budgets;

/// <summary>Remembers which parts of a budget were told as spent, so that each is told once in its day or month.</summary>
internal sealed class BudgetAlerts
{
    private static readonly ImmutableArray<int> Percents = [50, 80, 100];

    private readonly SortedList<BudgetLimit, (int Period, int Told)> _told = [];

    /// <summary>Adds what has been passed and was not told.</summary>
    /// <param name="found">Takes it.</param>
    /// <param name="limit">The day's or the month's budget.</param>
    /// <param name="period">Which day or month.</param>
    /// <param name="spent">In nano-dollars.</param>
    /// <param name="most">In nano-dollars; 0: no limit.</param>
    public ImmutableArray<BudgetAlert> Check(ImmutableArray<BudgetAlert> found, BudgetLimit limit, int period, long spent, long most)
    {
        if (most <= 0)
        {
            return found;
        }

        var told = _told.TryGetValue(limit, out var last) && last.Period == period ? last.Told : 0;
        for (var i = 0; i < Percents.Length; i++)
        {
            if ((told & (1 << i)) == 0 && spent >= (decimal)most * Percents[i] / 100)
            {
                told |= 1 << i;
                found = found.Add(new BudgetAlert(limit, Percents[i]));
            }
        }

        if (told != 0)
        {
            _told[limit] = (period, told);
        }

        return found;
    }

    public void Write(CompactWriter writer)
    {
        writer.WriteUnsigned((ulong)_told.Count);
        foreach (var (limit, (period, told)) in _told)
        {
            writer.WriteByte((byte)limit);
            writer.WriteUnsigned((ulong)period);
            writer.WriteUnsigned((ulong)told);
        }
    }

    public void Read(ref CompactReader reader)
    {
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
        {
            var limit = (BudgetLimit)reader.ReadByte();
            _told[limit] = (reader.ReadNumber(), reader.ReadNumber());
        }
    }
}
