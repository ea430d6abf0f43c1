using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Every key this gateway knows: those of the configuration file, and those of the cluster's directory, shard by shard and
/// packed. What requests meet is made of them when a key is first used. Looked up without a lock, and for a key in use
/// without allocating.
/// </summary>
/// <remarks>
/// An entry says for which version of its shard and which revision of the accounts it is right. Whoever changes something
/// writes it first and counts then, so an entry made of something older is seen to be old.
/// </remarks>
internal sealed class KeyTable(TimeProvider clock, KeyCallers callers)
{
    private readonly KeyTableShard[] _shards = [.. Enumerable.Range(0, KeyDirectory.Shards).Select(_ => new KeyTableShard())];
    private readonly LiveKeys _live = new();
    private readonly NotedUses _usesOfOthers = new();
    private readonly KnownMakers _knownMakers = new();
    private readonly ConcurrentDictionary<string, bool> _makers = new(StringComparer.Ordinal);
    private Func<string, KeyRecord?>? _findMaker;
    private FrozenDictionary<UInt128, FileKey> _file = FrozenDictionary<UInt128, FileKey>.Empty;

    private AccountTable Accounts => callers.Accounts;

    /// <summary>Finds a key of the file.</summary>
    public KeyEntry? FindInFile(in KeyHash hash)
    {
        if (!Volatile.Read(ref _file).TryGetValue(hash.Prefix, out var key))
        {
            return null;
        }

        var entry = key.Entry;
        if (entry is null || entry.Revision != Accounts.Revision)
        {
            entry = Build(hash, KeyFacts.Of(key.Record), isPrevious: false, default, shardVersion: 0, entry);
            key.Entry = entry;
        }

        return Match(entry, hash);
    }

    /// <summary>Where the record of a key would be that is not in use; <see langword="null"/>: it is in use. What is in use is fetched from memory already.</summary>
    public PackedKeyMap? Expect(int shard, in KeyId id) => _live.Expect(id) ? null : _shards[shard].Keys;

    /// <summary>Finds a key of the directory.</summary>
    public KeyEntry? Find(int shard, in KeyId id, in KeyHash hash)
    {
        var entry = _live.Find(id, hash);
        if (entry is null || entry.ShardVersion != _shards[shard].Version || entry.Revision != Accounts.Revision)
        {
            entry = Renew(_shards[shard], id, hash, entry);
        }

        return entry is null ? null : Match(entry, hash);
    }

    /// <summary>Finds a key of file or directory by its public id.</summary>
    public KeyRecord? FindRecord(string publicId)
    {
        foreach (var (_, key) in Volatile.Read(ref _file))
        {
            if (key.Record.PublicId == publicId)
            {
                return key.Record;
            }
        }

        Span<byte> id = stackalloc byte[ApiKeyFormat.PublicIdLength * 4];
        return publicId.Length <= ApiKeyFormat.PublicIdLength
            && _shards[KeyDirectory.ShardOf(publicId)].Keys.TryFind(new KeyId(id[..Encoding.UTF8.GetBytes(publicId, id)]), out var packed)
                ? KeyPacking.Unpack(packed.Span)
                : null;
    }

    /// <summary>Finds a key of file or directory by what it is known by as a maker.</summary>
    public KeyRecord? FindMaker(string subject) => FindRecord(subject[KeyRecord.KeySubject.Length..]);

    /// <summary>Replaces the keys of the file.</summary>
    public void ReplaceFile(FrozenDictionary<UInt128, FileKey> keys)
    {
        Volatile.Write(ref _file, keys);
        Accounts.Revise();
    }

    /// <summary>The keys of the file.</summary>
    public FrozenDictionary<UInt128, FileKey> File => Volatile.Read(ref _file);

    /// <summary>Where to go on with a shard's feed.</summary>
    public KeyFeedCursor CursorOf(int shard) => _shards[shard].Cursor;

    /// <summary>Takes in a page of a shard's feed.</summary>
    /// <returns>Whether anything changed.</returns>
    public bool Apply(int shard, KeyFeedPage page)
    {
        NoteMakers(page.Changes);
        var changed = _shards[shard].Apply(page, shard, Accounts);
        ReviseAfterMakers(page.Changes);
        Heard(shard);
        return changed;
    }

    /// <summary>Takes in a key that was looked up. What the feed has told already stays.</summary>
    public void Learn(int shard, KeyRecord record)
    {
        NoteMakers([record]);
        if (!_shards[shard].Learn(record))
        {
            return;
        }

        ReviseAfterMakers([record]);
        if (!_shards[shard].WasHeard)
        {
            // From here the key's age counts. Later look-ups do not renew it: only the feed tells of revocations.
            Heard(shard);
        }
    }

    /// <summary>Puts a shard back as it was kept on disk.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="cursor">Where its feed stood.</param>
    /// <param name="records">Its keys.</param>
    /// <param name="subjects">Its users and teams.</param>
    /// <param name="heardAt">When it was last heard, on the clock of timestamps.</param>
    public void Restore(int shard, KeyFeedCursor cursor, ImmutableArray<KeyRecord> records, IReadOnlyCollection<SubjectRecord> subjects, long heardAt)
    {
        NoteMakers(records);
        var keys = new PackedKeyMap();
        foreach (var record in records)
        {
            keys.Set(record);
        }

        Accounts.Replace(shard, subjects);
        _shards[shard].Restore(cursor, keys);
        ReviseAfterMakers(records);
        Interlocked.Exchange(ref _shards[shard].HeardAt, heardAt);
        _shards[shard].WasHeard = true;
    }

    /// <summary>How long ago a shard was last heard; <see cref="TimeSpan.MaxValue"/>: never.</summary>
    public TimeSpan AgeOf(int shard) =>
        _shards[shard].WasHeard ? clock.GetElapsedTime(Interlocked.Read(ref _shards[shard].HeardAt)) : TimeSpan.MaxValue;

    /// <summary>How long ago the shard that was silent for longest was heard.</summary>
    public TimeSpan Age => Enumerable.Range(0, _shards.Length).Max(AgeOf);

    /// <summary>How many keys are known, of file and directory.</summary>
    public int Count => File.Count + _shards.Sum(shard => shard.Keys.Count);

    /// <summary>Bytes that the directory's keys take, the entries in use left out.</summary>
    public long PackedBytes => _shards.Sum(shard => shard.Keys.Bytes);

    /// <summary>The keys of a shard as they are now, packed.</summary>
    public IEnumerable<PackedKey> PackedOf(int shard) => _shards[shard].Keys.All();

    /// <summary>The users and teams of a shard as they are now.</summary>
    public ImmutableArray<SubjectRecord> SubjectsOf(int shard) => Accounts.RecordsOf(shard);

    /// <summary>Whether <see cref="TakeUses"/> should be asked soon: what is noted is bounded.</summary>
    public bool HasManyUses => _usesOfOthers.IsHalfFull;

    /// <summary>Which of the directory's secrets were used since this was last asked.</summary>
    public IReadOnlyList<KeyUse> TakeUses()
    {
        var now = clock.GetUtcNow();
        var uses = _usesOfOthers.TakeAll(now);
        uses.AddRange(_live.All().Where(entry => entry.TakeUse()).Select(entry => new KeyUse(entry.PublicId, entry.IsPrevious, now)));
        return uses;
    }

    private KeyEntry? Renew(KeyTableShard shard, in KeyId id, in KeyHash hash, KeyEntry? known)
    {
        if (known is null)
        {
            return Make(shard, id, hash, known);
        }

        // What is made anew shares the key's account: who read the record before a change must not be the last to fill it.
        lock (shard.Renewing)
        {
            return Make(shard, id, hash, known);
        }
    }

    private KeyEntry? Make(KeyTableShard shard, in KeyId id, in KeyHash hash, KeyEntry? known)
    {
        _live.ExpectPut(id);

        // Before the record is looked at: see the remarks.
        var version = shard.Version;
        if (!shard.Keys.TryFind(id, hash, out var packed))
        {
            return null;
        }

        if (known is not null && known.Revision == Accounts.Revision && known.Source.IsSame(packed.Mark))
        {
            known.ShardVersion = version;
            return known;
        }

        var isPrevious = !KeyPacking.HashOf(packed.Span).SequenceEqual(hash);
        callers.Expect(KeyPacking.UserOf(packed.Span));
        var entry = Build(hash, KeyPacking.UnpackFacts(packed.Span), isPrevious, packed.Mark, version, known);
        if (known?.TakeUse() == true)
        {
            entry.Used();
        }

        if (_live.Put(id, entry) is { } other && other.TakeUse())
        {
            _usesOfOthers.Note(other);
        }

        return entry;
    }

    private KeyEntry Build(in KeyHash hash, in KeyFacts key, bool isPrevious, PackedMark source, int shardVersion, KeyEntry? known)
    {
        var revision = Accounts.Revision;
        var rights = callers.EffectiveRights(key, _findMaker ??= maker => _knownMakers.Find(maker, Accounts.Revision, FindMaker));
        var caller = callers.Build(key, rights, known?.Caller);
        return new(hash, key, isPrevious, caller) { Source = source, ShardVersion = shardVersion, Revision = revision };
    }

    // Before the keys that they made are seen: whoever looks one up then is looked at again when its maker changes.
    private void NoteMakers(ImmutableArray<KeyRecord> made)
    {
        foreach (var record in made)
        {
            if (record.CreatedBy is { } maker && !_makers.ContainsKey(maker))
            {
                _makers.TryAdd(maker, true);
            }
        }
    }

    // Whoever was made by a key that has changed may do less now.
    private void ReviseAfterMakers(ImmutableArray<KeyRecord> changed)
    {
        if (_makers.IsEmpty)
        {
            return;
        }

        foreach (var record in changed)
        {
            if (_makers.ContainsKey(record.Subject))
            {
                Accounts.Revise();
                return;
            }
        }
    }

    private static KeyEntry? Match(KeyEntry entry, in KeyHash hash) => entry.Matches(hash) ? entry : null;

    private void Heard(int shard)
    {
        Interlocked.Exchange(ref _shards[shard].HeardAt, clock.GetTimestamp());
        _shards[shard].WasHeard = true;
    }
}
