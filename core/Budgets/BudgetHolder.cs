using System.Collections.Immutable;

namespace ProxyCluster.Core.Budgets;

/// <summary>What one gateway holds of one subject's budget.</summary>
internal sealed class BudgetHolder
{
    private readonly SortedList<int, long> _nanoDollars = [];

    public required Guid Id { get; init; }

    /// <summary>When the book first knew it: reservations with an earlier tag are settled already.</summary>
    public required long Since { get; init; }

    /// <summary>Names what it holds: tokens held under an earlier tag count as used already.</summary>
    public required long Tag { get; set; }

    /// <summary>The last call that was counted.</summary>
    public long Sequence { get; set; }

    /// <summary>What that call was given, for when it is repeated.</summary>
    public Amount Granted { get; set; }

    /// <summary>The day that paid for it.</summary>
    public int GrantedDay { get; set; }

    /// <summary>What that call was told.</summary>
    public ImmutableArray<BudgetAlert> Alerts { get; set; } = [];

    /// <summary>When it was last heard; <see langword="null"/>: not since the book was read.</summary>
    public long? HeardAt { get; set; }

    /// <summary>Tokens for requests in flight and for the next ones.</summary>
    public long Tokens { get; set; }

    /// <summary>Nano-dollars by the day that pays for them.</summary>
    public IReadOnlyDictionary<int, long> NanoDollars => _nanoDollars;

    public bool HoldsNothing => Tokens == 0 && _nanoDollars.Count == 0;

    public void AddMoney(int day, long nanoDollars)
    {
        if (nanoDollars > 0)
        {
            _nanoDollars[day] = _nanoDollars.GetValueOrDefault(day) + nanoDollars;
        }
    }

    /// <returns>How much of it was held.</returns>
    public long TakeMoney(int day, long nanoDollars)
    {
        var held = _nanoDollars.GetValueOrDefault(day);
        var taken = Math.Min(held, nanoDollars);
        if (taken == held)
        {
            _nanoDollars.Remove(day);
        }
        else
        {
            _nanoDollars[day] = held - taken;
        }

        return taken;
    }

    /// <returns>How much of them was held.</returns>
    public long TakeTokens(long tokens)
    {
        var taken = Math.Min(Tokens, tokens);
        Tokens -= taken;
        return taken;
    }
}
