using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>The keys that made others, read: few keys make nearly all, and each look at one would unpack it again.</summary>
internal sealed class KnownMakers
{
    private const int Places = 256;

    private readonly Maker?[] _makers = new Maker?[Places];

    /// <summary>Finds a key by its subject.</summary>
    /// <param name="subject">For example <c>key:4fGh2kLmN0pQ</c>.</param>
    /// <param name="revision">Another one whenever a maker may have changed; read before it is looked for.</param>
    /// <param name="find">Finds it where it is not remembered.</param>
    public KeyRecord? Find(string subject, int revision, Func<string, KeyRecord?> find)
    {
        ref var place = ref _makers[(uint)subject.GetHashCode(StringComparison.Ordinal) % Places];
        if (Volatile.Read(ref place) is { } known && known.Revision == revision && known.Subject == subject)
        {
            return known.Record;
        }

        var record = find(subject);
        Volatile.Write(ref place, new(subject, revision, record));
        return record;
    }

    private sealed record Maker(string Subject, int Revision, KeyRecord? Record);
}
