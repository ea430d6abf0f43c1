namespace ProxyCluster.Core.Condensation;

/// <summary>What a provider's prompt cache costs, as factors of the price of an input token.</summary>
/// <param name="Read">A token that is read from the cache; 1: there is no cache.</param>
/// <param name="Write">A token that the cache does not hold yet; above 1 where writing costs extra.</param>
public readonly record struct PromptCachePrice(double Read, double Write)
{
    /// <summary>No cache: every token costs what it costs.</summary>
    public static PromptCachePrice None { get; } = new(1, 1);
}
