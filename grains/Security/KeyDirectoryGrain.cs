using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using ProxyCluster.Core.Configuration;
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
    IOptionsMonitor<ProxyClusterOptions> options,
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
    public async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await LoadAsync();
        await LoadUsesAsync();
    }

    /// <inheritdoc/>
    public Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => StoreUsesAsync();

    /// <inheritdoc/>
    public async ValueTask<bool> AddAsync(KeyRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        RequireOwn(record.PublicId);
        RequireHash(record.Hash, nameof(record));
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
    public ValueTask<KeyDescription?> ReadAsync(string publicId) =>
        new(_keys.FindStored(publicId) is { } stored ? Describe(stored) : null);

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<KeyDescription>> ListAsync(KeyQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        var owners = query.Owners.IsDefaultOrEmpty ? null : query.Owners.ToHashSet(StringComparer.Ordinal);
        return new(
        [
            .. _keys.Keys
                .Where(key => query.After is null || string.CompareOrdinal(key.Record.PublicId, query.After) > 0)
                .Where(key => query.User is null || key.Record.User == query.User)
                .Where(key => query.Team is null || key.Record.Team == query.Team)
                .Where(key => query.CreatedBy is null || key.Record.CreatedBy == query.CreatedBy)
                .Where(key => owners is null || KeyQuery.IsOwned(owners, key.Record))
                .OrderBy(key => key.Record.PublicId, StringComparer.Ordinal)
                .Take(Math.Min(query.Most, KeyDirectory.LargestPage))
                .Select(Describe),
        ]);
    }

    /// <inheritdoc/>
    public ValueTask<KeyCounts> CountAsync() => new(_keys.CountsAt(clock.GetUtcNow()));

    /// <inheritdoc/>
    public async ValueTask<KeyChange> ChangeAsync(KeyRecord record, long expectedVersion)
    {
        ArgumentNullException.ThrowIfNull(record);
        await ReloadIfNeededAsync();
        if (Refuse(record.PublicId, expectedVersion) is { } refusal)
        {
            return refusal;
        }

        await StoreAsync(KeyTransitions.Changed(_keys.Find(record.PublicId)!, record));
        LogChanged(logger, record.PublicId);
        return new(KeyChangeResult.Stored, _keys.Position);
    }

    /// <inheritdoc/>
    public async ValueTask<KeyChange> RotateAsync(KeyRotation rotation)
    {
        ArgumentNullException.ThrowIfNull(rotation);
        RequireHash(rotation.Hash, nameof(rotation));
        await ReloadIfNeededAsync();
        if (Refuse(rotation.PublicId, rotation.ExpectedVersion) is { } refusal)
        {
            return refusal;
        }

        var record = _keys.Find(rotation.PublicId)!;
        if (KeyTransitions.HasEnded(record, clock.GetUtcNow()))
        {
            return new(KeyChangeResult.Ended, _keys.FindStored(rotation.PublicId)!.Position);
        }

        await StoreAsync(KeyTransitions.Rotated(record, rotation.Hash, rotation.PepperVersion, rotation.Grace, clock.GetUtcNow()));
        _uses.Rotated(rotation.PublicId);
        LogRotated(logger, rotation.PublicId, rotation.Grace.TotalHours);
        return new(KeyChangeResult.Stored, _keys.Position);
    }

    /// <inheritdoc/>
    public async ValueTask RehashAsync(KeyRehash rehash)
    {
        ArgumentNullException.ThrowIfNull(rehash);
        RequireHash(rehash.Hash, nameof(rehash));
        await ReloadIfNeededAsync();
        if (_keys.Find(rehash.PublicId) is { } record
            && KeyTransitions.Rehashed(record, rehash.Known, rehash.Hash, rehash.PepperVersion) is { } next)
        {
            await StoreAsync(next);
        }
    }

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

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private KeyDescription Describe(StoredKey stored)
    {
        var use = _uses.Of(stored.Record.PublicId);
        return new(stored.Record, stored.Position, use.UsedAt, use.PreviousUsedAt);
    }

    // Zero: whatever is in force.
    private KeyChange? Refuse(string publicId, long expectedVersion) => _keys.FindStored(publicId)?.Position switch
    {
        null => new KeyChange(KeyChangeResult.NotFound, 0),
        { } version when expectedVersion != 0 && version != expectedVersion => new KeyChange(KeyChangeResult.VersionMismatch, version),
        _ => null,
    };

    private Task StoreAsync(KeyRecord record)
    {
        var change = _keys.Plan(record);
        return StoreAsync(record.PublicId, () => _store.WriteAsync(change, _epoch), () => _keys.Apply(change));
    }

    private async Task StoreAsync(string what, Func<Task> write, Action apply)
    {
        _storeMayBeAhead = true;
        try
        {
            await write();
        }
        catch (Exception exception)
        {
            LogNotStored(logger, exception, what, context.GrainId);
            throw;
        }

        _storeMayBeAhead = false;
        apply();
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

    private static void RequireHash(ImmutableArray<byte> hash, string parameter)
    {
        if (!KeyHash.TryRead(hash.AsSpan(), out _))
        {
            throw new ArgumentException($"A key's hash has {KeyHash.Size} bytes.", parameter);
        }
    }

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

    [LoggerMessage(3003, LogLevel.Warning, "A change of {What} could not be stored by {Shard}: whether it was is not known")]
    private static partial void LogNotStored(ILogger logger, Exception exception, string what, GrainId shard);

    [LoggerMessage(3004, LogLevel.Information, "Key {PublicId} was changed")]
    private static partial void LogChanged(ILogger logger, string publicId);

    [LoggerMessage(3005, LogLevel.Information, "Key {PublicId} got another secret; the one before goes on for {Hours:F1} h")]
    private static partial void LogRotated(ILogger logger, string publicId, double hours);
}
