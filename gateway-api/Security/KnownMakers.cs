using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>The keys that made others, read: few keys make nearly all, and each look at one would unpack it again.</summary>
internal sealed class KnownMakers
{
    private const int Places = 256;

    private readonly Maker?[] _makers = new Maker?[Places];

    /// <summary>Finds a key by its public id.</summary>
    /// <param name="publicId">The key's public id.</param>
    /// <param name="revision">Another one whenever a maker may have changed; read before it is looked for.</param>
    /// <param name="find">Finds it where it is not remembered.</param>
    public KeyRecord? Find(string publicId, int revision, Func<string, KeyRecord?> find)
    {
        ref var place = ref _makers[(uint)publicId.GetHashCode(StringComparison.Ordinal) % Places];
        if (Volatile.Read(ref place) is { } known && known.Revision == revision && known.PublicId == publicId)
        {
            return known.Record;
        }

        var record = find(publicId);
        Volatile.Write(ref place, new(publicId, revision, record));
        return record;
    }

    private sealed record Maker(string PublicId, int Revision, KeyRecord? Record);
}
