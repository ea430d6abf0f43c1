namespace ProxyCluster.Core.Responses;

/// <summary>
/// One shard of the response map. Answers are remembered in pages of bounded size, in the order in which they came, so
/// that one more writes one page, and what expires goes page by page. Not thread-safe.
/// </summary>
/// <remarks>A change is planned, stored by the caller, then applied: readers never see what is not stored.</remarks>
public sealed class ResponseShard
{
    /// <summary>Answers of one page.</summary>
    public const int PageSize = 256;

    /// <summary>Pages at most: beyond, the oldest page makes room, whether it has expired or not.</summary>
    public const int MostPages = 128;

    /// <summary>How long an answer is remembered: as long as OpenAI keeps it.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    private readonly Dictionary<ResponseKey, KeptResponse> _byKey = [];
    private readonly List<ResponsePage> _slots = [];

    /// <summary>How many pages are stored, empty ones included.</summary>
    public int Slots => _slots.Count;

    /// <summary>How many answers are remembered, expired ones included.</summary>
    public int Count => _byKey.Count;

    /// <summary>Puts the next stored page back.</summary>
    /// <param name="page">As stored.</param>
    public void Load(ResponsePage page) => Apply(new ResponsePageChange(_slots.Count, page));

    /// <summary>The provider that keeps an answer; <see langword="null"/>: the answer is not known, or has expired.</summary>
    /// <param name="key">Whose and which answer.</param>
    /// <param name="now">The time.</param>
    public string? Find(ResponseKey key, DateTimeOffset now) =>
        _byKey.TryGetValue(key, out var kept) && kept.ExpiresAt > now ? kept.Provider : null;

    /// <summary>What remembering an answer would store; <see langword="null"/>: it is remembered already.</summary>
    /// <param name="key">Whose and which answer.</param>
    /// <param name="provider">The provider that keeps it.</param>
    /// <param name="now">The time.</param>
    public ResponsePageChange? Plan(ResponseKey key, string provider, DateTimeOffset now)
    {
        if (Find(key, now) == provider)
        {
            return null;
        }

        var kept = new KeptResponse(key, provider, now + Lifetime);
        var (oldest, newest) = Ends();
        if (newest >= 0 && _slots[newest].Kept.Length < PageSize)
        {
            return new(newest, _slots[newest] with { Kept = _slots[newest].Kept.Add(kept) });
        }

        var sequence = newest < 0 ? 1 : _slots[newest].Sequence + 1;
        return new(_slots.Count < MostPages ? _slots.Count : oldest, new ResponsePage(sequence, [kept]));
    }

    /// <summary>What forgetting one page of expired answers would store; <see langword="null"/>: there is none.</summary>
    /// <param name="now">The time.</param>
    public ResponsePageChange? PlanSweep(DateTimeOffset now)
    {
        for (var slot = 0; slot < _slots.Count; slot++)
        {
            var page = _slots[slot];

            // Within a page the last one to come is the last one to go.
            if (page.Kept.Length > 0 && page.Kept[^1].ExpiresAt <= now)
            {
                return new(slot, page with { Kept = [] });
            }
        }

        return null;
    }

    /// <summary>Takes a change in, once it is stored.</summary>
    /// <param name="change">From <see cref="Plan"/> or <see cref="PlanSweep"/>.</param>
    public void Apply(ResponsePageChange change)
    {
        if (change.Slot == _slots.Count)
        {
            _slots.Add(new ResponsePage(0, []));
        }

        foreach (var gone in _slots[change.Slot].Kept)
        {
            if (_byKey.TryGetValue(gone.Key, out var known) && known == gone)
            {
                _byKey.Remove(gone.Key);
            }
        }

        _slots[change.Slot] = change.Page;
        foreach (var kept in change.Page.Kept)
        {
            // Pages are loaded in the order of their slots: an answer that was told twice counts as it was told last.
            if (!_byKey.TryGetValue(kept.Key, out var known) || known.ExpiresAt <= kept.ExpiresAt)
            {
                _byKey[kept.Key] = kept;
            }
        }
    }

    private (int Oldest, int Newest) Ends()
    {
        var (oldest, newest) = (-1, -1);
        for (var slot = 0; slot < _slots.Count; slot++)
        {
            oldest = oldest < 0 || _slots[slot].Sequence < _slots[oldest].Sequence ? slot : oldest;
            newest = newest < 0 || _slots[slot].Sequence > _slots[newest].Sequence ? slot : newest;
        }

        return (oldest, newest);
    }
}
