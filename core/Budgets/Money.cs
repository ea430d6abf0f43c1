namespace ProxyCluster.Core.Budgets;

/// <summary>US dollars as the whole numbers that budgets are counted in.</summary>
public static class Money
{
    /// <summary>Nano-dollars of a dollar.</summary>
    public const long NanoDollarsPerDollar = 1_000_000_000;

    // About nine thousand million dollars: sums of a month's days still fit in a long.
    private const decimal MostDollars = 9_000_000_000m;

    // A division by one keeps the value and drops the zeros at its end: 0.0010 is written 0.001.
    private const decimal OneInFull = 1.0000000000000000000000000000m;

    /// <summary>Rounded up: what is counted is never less than what was spent.</summary>
    /// <param name="dollars">Below 0 counts as 0; more than 9,000,000,000 as that.</param>
    public static long ToNanoDollars(decimal dollars) =>
        dollars <= 0 ? 0 : (long)Math.Ceiling(Math.Min(dollars, MostDollars) * NanoDollarsPerDollar);

    /// <summary>Without zeros at the end.</summary>
    public static decimal ToDollars(long nanoDollars) => (decimal)nanoDollars / NanoDollarsPerDollar / OneInFull;
}
