using System.Collections.Concurrent;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.GatewayApi.RateLimiting;

/// <summary>What client networks did in the last minute. Its memory is bounded, whoever calls: about 20 MB at most.</summary>
/// <remarks>
/// Two generations, each at least a minute long unless it fills up: who was seen moves to the younger one, and the older one is
/// dropped whole. A flood from more networks than fit forgets early, and lets each of them start anew.
/// </remarks>
internal sealed class AddressBook
{
    private const int MostOfAGeneration = 32_768;
    private const long GenerationMilliseconds = 66_000;

    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<ClientNetwork, ClientRecord> _young = new();
    private volatile ConcurrentDictionary<ClientNetwork, ClientRecord> _old = new();
    private long _turnedAt;

    /// <summary>Networks that are remembered.</summary>
    public int Count => _young.Count + _old.Count;

    /// <summary>What is known of a network; <see langword="null"/>: nothing.</summary>
    public ClientRecord? Find(ClientNetwork network) =>
        _young.TryGetValue(network, out var record) || _old.TryGetValue(network, out record) ? record : null;

    /// <summary>The record of a network, made if there is none, and kept for another minute.</summary>
    /// <param name="network">The network.</param>
    /// <param name="now">Milliseconds.</param>
    public ClientRecord Open(ClientNetwork network, long now)
    {
        TurnWhenDue(now);
        if (_young.TryGetValue(network, out var young))
        {
            return young;
        }

        return _young.GetOrAdd(network, _old.TryGetValue(network, out var old) ? old : new ClientRecord());
    }

    private void TurnWhenDue(long now)
    {
        if (now - Volatile.Read(ref _turnedAt) < GenerationMilliseconds && _young.Count < MostOfAGeneration)
        {
            return;
        }

        lock (_turning)
        {
            if (now - _turnedAt >= GenerationMilliseconds || _young.Count >= MostOfAGeneration)
            {
                _old = _young;
                _young = new();
                Volatile.Write(ref _turnedAt, now);
            }
        }
    }
}

/// <summary>What one client network did. Lock it to use it.</summary>
internal sealed class ClientRecord
{
    /// <summary>Requests.</summary>
    public BucketRing Requests { get; } = new();

    /// <summary>Requests without a good credential.</summary>
    public BucketRing Failures { get; } = new();
}
