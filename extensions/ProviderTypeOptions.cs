namespace ProxyCluster.Extensions;

/// <summary>What the providers of a type need and can.</summary>
public sealed class ProviderTypeOptions
{
    /// <summary>A definition without a <c>BaseUrl</c> is refused.</summary>
    public bool NeedsBaseUrl { get; init; }

    /// <summary>A definition without a key is refused.</summary>
    public bool NeedsKey { get; init; }

    /// <summary>What a chat may ask for: one that asks for more is never sent, and goes to another provider of its model or is refused.</summary>
    public ChatAbilities Abilities { get; init; }
}
