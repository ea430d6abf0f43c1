using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Storage;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Grains.Security;

/// <summary>Puts a mailbox, a store and a long-poll around <see cref="KeyShard"/>.</summary>
/// <remarks>
/// While a change is being stored, the feed and the look-up go on with what was stored before. A write that fails leaves
/// its outcome unknown: the shard is read again before the next change is decided.
/// </remarks>
[GrainType("pc.key-directory")]
internal sealed partial class KeyDirectoryGrain(
    IGrainContext context,
    [FromKeyedServices("Default")] IGrainStorage storage,
    TimeProvider clock,
    ILogger<KeyDirectoryGrain> logger) : IGrainBase, IKeyDirectoryGrain
{
    private readonly KeyDirectoryStore _store = new(storage, context.GrainId);
    private KeyShard _keys = new();
    private Guid _epoch;
    private bool _storeMayBeAhead;
    private TaskCompletionSource _changed = NewSignal();

    IGrainContext IGrainBase.GrainContext => context;

    /// <inheritdoc/>
    public Task OnActivateAsync(CancellationToken cancellationToken) => LoadAsync();

    /// <inheritdoc/>
    public async ValueTask<bool> AddAsync(KeyRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        RequireOwn(record.PublicId);
        if (!KeyHash.TryRead(record.Hash.AsSpan(), out _))
        {
            throw new ArgumentException($"A key's hash has {KeyHash.Size} bytes.", nameof(record));
        }

        await ReloadIfNeededAsync();
        if (_keys.Find(record.PublicId) is { } known)
        {
            return known.Hash.AsSpan().SequenceEqual(record.Hash.AsSpan());
        }

        await StoreAsync(record);
        LogAdded(logger, record.PublicId);
        return true;
    }

    /// <inheritdoc/>
    public ValueTask<KeyRecord?> FindAsync(string publicId) => new(_keys.Find(publicId));

    /// <inheritdoc/>
    public async ValueTask<bool> RevokeAsync(string publicId)
    {
        await ReloadIfNeededAsync();
        if (_keys.Find(publicId) is not { } record)
        {
            return false;
        }

        if (!record.Revoked)
        {
            await StoreAsync(record with { Revoked = true });
            LogRevoked(logger, publicId);
        }

        return true;
    }

    /// <inheritdoc/>
    public async ValueTask<KeyFeedPage> FeedAsync(KeyFeedCursor cursor, TimeSpan wait)
    {
        if (!Continues(cursor))
        {
            return Page(0, whole: true);
        }

        if (cursor.Position == _keys.Position && wait > TimeSpan.Zero)
        {
            await WaitForChangeAsync(wait < KeyDirectory.LongestWait ? wait : KeyDirectory.LongestWait);
        }

        // The shard may have been read anew while this call slept.
        return Continues(cursor) ? Page(cursor.Position, whole: false) : Page(0, whole: true);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool Continues(KeyFeedCursor cursor) => cursor.Epoch == _epoch && cursor.Position >= 0 && cursor.Position <= _keys.Position;

    private KeyFeedPage Page(long after, bool whole)
    {
        var changes = _keys.ReadAfter(after, KeyDirectory.LargestPage);
        return new(new KeyFeedCursor(_epoch, changes.Position), whole, changes.Records, changes.More);
    }

    private async Task WaitForChangeAsync(TimeSpan wait)
    {
        using var ended = new CancellationTokenSource();
        await Task.WhenAny(_changed.Task, Task.Delay(wait, clock, ended.Token));
        await ended.CancelAsync();
    }

    private async Task StoreAsync(KeyRecord record)
    {
        var change = _keys.Plan(record);
        _storeMayBeAhead = true;
        try
        {
            await _store.WriteAsync(change, _epoch);
        }
        catch (Exception exception)
        {
            LogNotStored(logger, exception, record.PublicId, context.GrainId);
            throw;
        }

        _storeMayBeAhead = false;
        _keys.Apply(change);
        Signal();
    }

    private async ValueTask ReloadIfNeededAsync()
    {
        if (_storeMayBeAhead)
        {
            await LoadAsync();
            Signal();
        }
    }

    private async Task LoadAsync()
    {
        var keys = await _store.ReadAsync();
        _keys = keys;

        // A shard without stored pages has no counter to go on from.
        _epoch = _store.Epoch != Guid.Empty ? _store.Epoch : Guid.NewGuid();
        _storeMayBeAhead = false;
    }

    private void Signal() => Interlocked.Exchange(ref _changed, NewSignal()).SetResult();

    private void RequireOwn(string publicId)
    {
        if (!ApiKeyFormat.IsPublicId(publicId) || KeyDirectory.ShardOf(publicId) != context.GrainId.GetIntegerKey())
        {
            throw new ArgumentException($"'{publicId}' is not a public id of this shard.", nameof(publicId));
        }
    }

    [LoggerMessage(3001, LogLevel.Information, "Key {PublicId} was added")]
    private static partial void LogAdded(ILogger logger, string publicId);

    [LoggerMessage(3002, LogLevel.Information, "Key {PublicId} was revoked")]
    private static partial void LogRevoked(ILogger logger, string publicId);

    [LoggerMessage(3003, LogLevel.Warning, "A change of key {PublicId} could not be stored by {Shard}: whether it was is not known")]
    private static partial void LogNotStored(ILogger logger, Exception exception, string publicId, GrainId shard);
}
