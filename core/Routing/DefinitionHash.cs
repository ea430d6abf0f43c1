using System.Collections.Immutable;
using System.IO.Hashing;
using System.Text.Json;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Routing;

/// <summary>XxHash64 of definitions, the same in every process. Versions do not count: equal content, equal hash.</summary>
public static class DefinitionHash
{
    /// <summary>The hash of one provider.</summary>
    /// <param name="provider">Its definition.</param>
    public static ulong Of(ProviderDefinition provider) =>
        XxHash64.HashToUInt64(JsonSerializer.SerializeToUtf8Bytes(provider with { Version = 0 }));

    /// <summary>The hash of all definitions; their order does not count.</summary>
    /// <param name="providers">Every provider.</param>
    /// <param name="aliases">Every alias.</param>
    public static ulong Of(ImmutableArray<ProviderDefinition> providers, ImmutableArray<AliasDefinition> aliases)
    {
        var hash = new XxHash64();
        foreach (var provider in providers.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            hash.Append(JsonSerializer.SerializeToUtf8Bytes(provider with { Version = 0 }));
        }

        foreach (var alias in aliases.OrderBy(a => a.Name, StringComparer.Ordinal))
        {
            hash.Append(JsonSerializer.SerializeToUtf8Bytes(alias));
        }

        return hash.GetCurrentHashAsUInt64();
    }
}
