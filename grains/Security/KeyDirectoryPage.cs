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

/// <summary>One stored page of a shard's users and teams.</summary>
[GenerateSerializer, Alias("pc.subject-directory-page")]
internal sealed class SubjectDirectoryPage
{
    /// <summary>The shard's feed epoch. That of the first page counts, where there are no keys.</summary>
    [Id(0)] public Guid Epoch { get; set; }

    /// <summary>The page's users and teams.</summary>
    [Id(1)] public ImmutableArray<StoredSubject> Subjects { get; set; } = [];
}

/// <summary>When a shard's keys were last used.</summary>
[GenerateSerializer, Alias("pc.key-uses-page")]
internal sealed class KeyUsesPage
{
    /// <summary>Every key that was used.</summary>
    [Id(0)] public ImmutableArray<KeyLastUse> Uses { get; set; } = [];
}
