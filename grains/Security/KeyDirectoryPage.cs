using System.Collections.Immutable;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Grains.Security;

/// <summary>One stored page of a shard: at most <see cref="KeyShard.PageSize"/> keys.</summary>
[GenerateSerializer, Alias("pc.key-directory-page")]
internal sealed class KeyDirectoryPage
{
    /// <summary>The shard's feed epoch. That of the first page counts.</summary>
    [Id(0)] public Guid Epoch { get; set; }

    /// <summary>The page's keys.</summary>
    [Id(1)] public ImmutableArray<StoredKey> Keys { get; set; } = [];
}
