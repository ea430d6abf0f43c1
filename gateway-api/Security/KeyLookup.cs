using System.Collections.Concurrent;
using System.Text;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Asks the directory once for a well-formed key that the feed has not told. Requests with one key share one call; a key
/// that is not there is refused from memory for 5 s. Strangers can make the cluster do at most
/// <see cref="MostInFlight"/> calls at once.
/// </summary>
internal sealed class KeyLookup(IGrainFactory grains, KeyTable table, TimeProvider clock)
{
    /// <summary>How long a request waits for the directory.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(250);

    /// <summary>How long an unknown key is refused without asking again.</summary>
    public static readonly TimeSpan NegativeLifetime = TimeSpan.FromSeconds(5);

    /// <summary>Calls at once.</summary>
    public const int MostInFlight = 64;

    /// <summary>Unknown keys remembered.</summary>
    public const int MostRemembered = 10_000;

    private readonly ConcurrentDictionary<UInt128, Lazy<Task<Authentication>>> _inFlight = new();
    private readonly ConcurrentDictionary<UInt128, long> _unknown = new();

    /// <summary>Finds out whether a key is known. The hashes are such that the table has not.</summary>
    /// <param name="publicId">The key's public part.</param>
    /// <param name="hash">The secret's hash under the pepper in force.</param>
    /// <param name="older">The secret's hash under the pepper before; <see langword="null"/>: there is none.</param>
    public ValueTask<Authentication> FindAsync(string publicId, KeyHash hash, KeyHash? older)
    {
        if (IsKnownToBeUnknown(hash.Prefix))
        {
            return new(Refusals.InvalidKey());
        }

        if (_inFlight.Count >= MostInFlight && !_inFlight.ContainsKey(hash.Prefix))
        {
            return new(Refusals.KeysStale());
        }

        var call = _inFlight.GetOrAdd(hash.Prefix, _ => new(() => AskAsync(publicId, hash, older)));
        return new(call.Value);
    }

    private bool IsKnownToBeUnknown(UInt128 prefix)
    {
        if (!_unknown.TryGetValue(prefix, out var since))
        {
            return false;
        }

        if (clock.GetElapsedTime(since) < NegativeLifetime)
        {
            return true;
        }

        _unknown.TryRemove(prefix, out _);
        return false;
    }

    private async Task<Authentication> AskAsync(string publicId, KeyHash hash, KeyHash? older)
    {
        try
        {
            var shard = KeyDirectory.ShardOf(publicId);
            var record = await grains.GetGrain<IKeyDirectoryGrain>(shard).FindAsync(publicId).AsTask().WaitAsync(Deadline, clock);
            if (record is not null)
            {
                table.Learn(shard, record);
            }

            if (Find(shard, publicId, hash, older) is { } entry)
            {
                return entry.IsGood(clock) ? entry.Caller : Refusals.InvalidKey();
            }

            Remember(hash.Prefix);
            return Refusals.InvalidKey();
        }
        catch (Exception exception) when (ClusterSilence.Caused(exception))
        {
            // A good key must not be called wrong because the cluster is slow.
            return Refusals.KeysStale();
        }
        finally
        {
            _inFlight.TryRemove(hash.Prefix, out _);
        }
    }

    private KeyEntry? Find(int shard, string publicId, in KeyHash hash, KeyHash? older)
    {
        var id = new KeyId(Encoding.ASCII.GetBytes(publicId));
        return table.Find(shard, id, hash) ?? (older is { } before ? table.Find(shard, id, before) : null);
    }

    private void Remember(UInt128 prefix)
    {
        if (_unknown.Count >= MostRemembered)
        {
            Forget();
        }

        _unknown[prefix] = clock.GetTimestamp();
    }

    private void Forget()
    {
        foreach (var (prefix, since) in _unknown)
        {
            if (clock.GetElapsedTime(since) >= NegativeLifetime)
            {
                _unknown.TryRemove(prefix, out _);
            }
        }

        if (_unknown.Count >= MostRemembered)
        {
            _unknown.Clear();
        }
    }
}
