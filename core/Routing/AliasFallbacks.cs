using System.Collections.Immutable;
using Orleans;

namespace ProxyCluster.Core.Routing;

/// <summary>Which models take over from an alias when its own have failed, by what went wrong. Each list is walked in order.</summary>
/// <param name="ContextTooLong">The request is longer than the model's context.</param>
/// <param name="ContentFilter">A provider's content filter withheld the request.</param>
/// <param name="RateLimited">The providers' own limits are reached.</param>
/// <param name="Any">Whatever else another model could mend; also what has an empty list above.</param>
[GenerateSerializer, Immutable, Alias("pc.alias-fallbacks")]
public sealed record AliasFallbacks(
    [property: Id(0)] ImmutableArray<string> ContextTooLong,
    [property: Id(1)] ImmutableArray<string> ContentFilter,
    [property: Id(2)] ImmutableArray<string> RateLimited,
    [property: Id(3)] ImmutableArray<string> Any)
{
    /// <summary>The models for a kind of failure; empty: the failure is final.</summary>
    /// <param name="reason">What went wrong.</param>
    public ImmutableArray<string> For(FallbackReason reason)
    {
        var own = reason switch
        {
            FallbackReason.ContextTooLong => ContextTooLong,
            FallbackReason.ContentFilter => ContentFilter,
            FallbackReason.RateLimited => RateLimited,
            FallbackReason.Other => Any,
            _ => [],
        };
        return own.IsDefaultOrEmpty && reason != FallbackReason.None ? Any : own;
    }
}
