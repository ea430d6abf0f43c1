using System.Collections.Concurrent;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Has the hash of a key that was used replaced by one under the pepper in force. Nobody waits for it; what fails is tried
/// again with the key's next use.
/// </summary>
internal sealed partial class KeyRehasher(IGrainFactory grains, PepperSource pepper, TimeProvider clock, ILogger<KeyRehasher> logger)
{
    private const int MostInFlight = 16;
    private const int MostRemembered = 100_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<UInt128, Task> _inFlight = new();

    // While gateways go over to another pepper one by one, two of them could pass a key back and forth with each use.
    private readonly ConcurrentDictionary<UInt128, bool> _done = new();

    /// <summary>The calls under way, for whoever must know when they have ended.</summary>
    public Task Settled => Task.WhenAll(_inFlight.Values);

    /// <summary>Has a hash replaced, unless that is under way.</summary>
    /// <param name="entry">The key.</param>
    /// <param name="known">The hash that is stored.</param>
    /// <param name="hash">The same secret's hash under the pepper in force.</param>
    public void Offer(KeyEntry entry, in KeyHash known, in KeyHash hash)
    {
        if (_done.ContainsKey(known.Prefix) || _inFlight.Count >= MostInFlight || _inFlight.ContainsKey(known.Prefix))
        {
            return;
        }

        var rehash = new KeyRehash(entry.PublicId, [.. known.ToArray()], [.. hash.ToArray()], pepper.Current.Version);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_inFlight.TryAdd(known.Prefix, started.Task))
        {
            _ = SendAsync(rehash, known.Prefix, started);
        }
    }

    private async Task SendAsync(KeyRehash rehash, UInt128 place, TaskCompletionSource ended)
    {
        try
        {
            var shard = grains.GetGrain<IKeyDirectoryGrain>(KeyDirectory.ShardOf(rehash.PublicId));
            await shard.RehashAsync(rehash).AsTask().WaitAsync(Deadline, clock);
            Remember(place);
            LogRehashed(logger, rehash.PublicId);
        }
        catch (Exception exception) when (ClusterSilence.Caused(exception))
        {
            LogNotRehashed(logger, exception, rehash.PublicId);
        }
        finally
        {
            _inFlight.TryRemove(place, out _);
            ended.SetResult();
        }
    }

    private void Remember(UInt128 place)
    {
        if (_done.Count >= MostRemembered)
        {
            _done.Clear();
        }

        _done[place] = true;
    }

    [LoggerMessage(3131, LogLevel.Information, "Key {PublicId} is hashed with the pepper in force from now on")]
    private static partial void LogRehashed(ILogger logger, string publicId);

    [LoggerMessage(3132, LogLevel.Debug, "Key {PublicId} could not be hashed anew")]
    private static partial void LogNotRehashed(ILogger logger, Exception exception, string publicId);
}
