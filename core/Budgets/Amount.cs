using Orleans;

namespace ProxyCluster.Core.Budgets;

/// <summary>What a request may use or has used: tokens, in and out, and money.</summary>
/// <param name="Tokens">At least 0.</param>
/// <param name="NanoDollars">Thousand-millionths of a US dollar, so that one token of the cheapest model is a whole number; at least 0.</param>
[GenerateSerializer, Immutable, Alias("pc.amount")]
public readonly record struct Amount([property: Id(0)] long Tokens, [property: Id(1)] long NanoDollars)
{
    /// <summary>Whether it is nothing.</summary>
    public bool IsZero => Tokens == 0 && NanoDollars == 0;

    /// <summary>Whether there is room for it.</summary>
    /// <param name="room">What is left of each.</param>
    public bool FitsIn(in Amount room) => Tokens <= Math.Max(0, room.Tokens) && NanoDollars <= Math.Max(0, room.NanoDollars);

    /// <summary>The smaller of each.</summary>
    public Amount AtMost(in Amount most) => new(Math.Min(Tokens, most.Tokens), Math.Min(NanoDollars, most.NanoDollars));

    /// <summary>The sum of each.</summary>
    public static Amount operator +(in Amount one, in Amount other) => new(one.Tokens + other.Tokens, one.NanoDollars + other.NanoDollars);

    /// <summary>The difference of each.</summary>
    public static Amount operator -(in Amount one, in Amount other) => new(one.Tokens - other.Tokens, one.NanoDollars - other.NanoDollars);
}
