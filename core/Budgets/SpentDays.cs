using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Core.Budgets;

/// <summary>Money spent in each of the last days, this month's and the last one's. Days are counted from 0001-01-01, UTC.</summary>
public sealed class SpentDays
{
    private readonly SortedList<int, long> _days = [];

    /// <summary>Counts money.</summary>
    public void Add(int day, long nanoDollars)
    {
        if (nanoDollars > 0)
        {
            _days[day] = On(day) + nanoDollars;
        }
    }

    /// <summary>Nano-dollars spent on a day.</summary>
    public long On(int day) => _days.GetValueOrDefault(day);

    /// <summary>Nano-dollars spent in the month of a day.</summary>
    public long InMonthOf(int day)
    {
        var sum = 0L;
        foreach (var (spent, nanoDollars) in _days)
        {
            sum += MonthOf(spent) == MonthOf(day) ? nanoDollars : 0;
        }

        return sum;
    }

    /// <summary>Forgets what is older than the month before that of a day.</summary>
    public void Advance(int day)
    {
        while (_days.Count > 0 && MonthOf(_days.GetKeyAtIndex(0)) < MonthOf(day) - 1)
        {
            _days.RemoveAt(0);
        }
    }

    /// <summary>Months since the year 0.</summary>
    public static int MonthOf(int day)
    {
        var date = DateOnly.FromDayNumber(day);
        return (date.Year * 12) + date.Month - 1;
    }

    internal void Write(CompactWriter writer)
    {
        writer.WriteUnsigned((ulong)_days.Count);
        foreach (var (day, nanoDollars) in _days)
        {
            writer.WriteUnsigned((ulong)day);
            writer.WriteUnsigned((ulong)nanoDollars);
        }
    }

    internal void Read(ref CompactReader reader)
    {
        var count = reader.ReadCount();
        for (var i = 0; i < count; i++)
        {
            var day = ReadDay(ref reader);
            _days[day] = ReadAmount(ref reader);
        }
    }

    internal static int ReadDay(ref CompactReader reader)
    {
        var day = reader.ReadUnsigned();
        return day <= (ulong)DateOnly.MaxValue.DayNumber ? (int)day : throw CompactReader.Broken();
    }

    // A sum of many of them must still fit.
    internal static long ReadAmount(ref CompactReader reader)
    {
        var amount = reader.ReadUnsigned();
        return amount <= long.MaxValue / 1024 ? (long)amount : throw CompactReader.Broken();
    }
}
