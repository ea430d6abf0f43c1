namespace ProxyCluster.Core.Audit;

/// <summary>
/// The security events of one process: keeps the latest of each type, and adds up what comes of one type from one source
/// within ten seconds, so that a flood is a few events with counts (DESIGN, the audit grain). Not safe for threads.
/// </summary>
public sealed class SecurityEventBook
{
    /// <summary>Events of each type that are kept at hand.</summary>
    public const int KeptOfEachType = 100;

    /// <summary>Sources of one type that are told apart at a time; what comes from others is added up together.</summary>
    public const int MostSources = 64;

    /// <summary>The detail of events of sources beyond <see cref="MostSources"/>.</summary>
    public const string ManySources = "from many sources at once";

    /// <summary>How long what comes from one source is added up.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Dictionary<SecurityEventType, Shelf> _shelves = Enum.GetValues<SecurityEventType>().ToDictionary(type => type, _ => new Shelf());
    private long _lastSeq;

    /// <summary>Takes an event in.</summary>
    /// <param name="type">What happened.</param>
    /// <param name="subject">Who; <see langword="null"/>: not known.</param>
    /// <param name="address">Where the client is; <see langword="null"/>: it matters not.</param>
    /// <param name="detail">A short text; it is cleaned and cut.</param>
    /// <param name="now">UTC.</param>
    /// <returns>Whether it is the first of its source for a while.</returns>
    public bool Note(SecurityEventType type, string? subject, string? address, string detail, DateTimeOffset now)
    {
        var shelf = _shelves[type];

        // Each part of a budget is told once in a day or month: it is no flood, and must not be added to another part.
        var source = new Source(subject, address, type == SecurityEventType.BudgetAlert ? detail : null);
        if (!shelf.Open.TryGetValue(source, out var sum))
        {
            if (shelf.Open.Count >= MostSources)
            {
                (source, detail) = (default, ManySources);
                shelf.Open.TryGetValue(source, out sum);
            }

            if (sum is null)
            {
                shelf.Add(source, Begin(type, source, detail, now));
                return true;
            }
        }

        sum.Count++;
        sum.Until = now;
        return false;
    }

    /// <summary>What is to be told: each event at once when it is the first of its source, the rest of them when their time is over.</summary>
    /// <param name="now">UTC.</param>
    /// <param name="isLast">Whether nothing is asked later: then all is told.</param>
    public IReadOnlyList<SecurityEvent> TakeDue(DateTimeOffset now, bool isLast = false)
    {
        List<SecurityEvent>? due = null;
        foreach (var shelf in _shelves.Values)
        {
            foreach (var (source, sum) in shelf.Open)
            {
                var isOver = isLast || now - sum.First.At >= Window;
                if (sum.Count > sum.Told && (sum.Told == 0 || isOver))
                {
                    (due ??= []).Add(sum.First with { Count = sum.Count - sum.Told, Until = sum.Until });
                    sum.Told = sum.Count;
                }

                if (isOver)
                {
                    shelf.Open.Remove(source);
                }
            }
        }

        return due ?? [];
    }

    /// <summary>The latest events of a type, the oldest first.</summary>
    public IEnumerable<SecurityEvent> Latest(SecurityEventType type) =>
        _shelves[type].Latest.Select(sum => sum.First with { Count = sum.Count, Until = sum.Until });

    private Sum Begin(SecurityEventType type, in Source source, string detail, DateTimeOffset now) => new(new SecurityEvent(
        now,
        type,
        source.Subject is null ? null : AuditText.Clean(source.Subject, AuditText.MostIdBytes),
        source.Address is null ? null : AuditText.Clean(source.Address, AuditText.MostIdBytes),
        AuditText.Clean(detail, AuditText.MostTextBytes))
    { Seq = ++_lastSeq });

    private readonly record struct Source(string? Subject, string? Address, string? Part);

    private sealed class Sum(SecurityEvent first)
    {
        public SecurityEvent First => first;

        public long Count { get; set; } = 1;

        public long Told { get; set; }

        public DateTimeOffset Until { get; set; } = first.At;
    }

    private sealed class Shelf
    {
        public Dictionary<Source, Sum> Open { get; } = [];

        public Queue<Sum> Latest { get; } = new(KeptOfEachType);

        public void Add(Source source, Sum sum)
        {
            Open.Add(source, sum);
            if (Latest.Count == KeptOfEachType)
            {
                Latest.Dequeue();
            }

            Latest.Enqueue(sum);
        }
    }
}
