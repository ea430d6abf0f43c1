using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Requests;

/// <summary>
/// The requests that this gateway served last, as many as <see cref="RecentRequestOptions.Kept"/>: the newest takes the
/// oldest one's place. Noting one copies it into memory that is used again, and allocates nothing once the ring is full.
/// </summary>
/// <remarks>Only of callers that are known: a stranger's requests would push out everybody else's.</remarks>
internal sealed class RecentRequests : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly IDisposable? _changes;
    private TimeSpan _shownFor;
    private Place?[] _places = [];
    private int _last = -1;

    public RecentRequests(IOptionsMonitor<ProxyClusterOptions> options, TimeProvider clock)
    {
        _clock = clock;
        Follow(options.CurrentValue.RecentRequests);
        _changes = options.OnChange(changed => Follow(changed.RecentRequests));
    }

    /// <summary>Takes in a request that has ended.</summary>
    /// <param name="exchange">Its memory is read, and not kept.</param>
    /// <param name="status">What the client was answered.</param>
    public void Note(Exchange exchange, int status)
    {
        var places = Volatile.Read(ref _places);
        if (places.Length == 0 || exchange.Caller is null || exchange.Operation == InferenceOperation.Explain)
        {
            return;
        }

        var number = (int)((uint)Interlocked.Increment(ref _last) % (uint)places.Length);
        var place = places[number] ?? Interlocked.CompareExchange(ref places[number], new Place(), null) ?? places[number]!;
        place.Fill(exchange, status);
    }

    /// <summary>The requests of an id, newest first. Clients may give several the same.</summary>
    /// <param name="id">The request's id.</param>
    /// <param name="team">Only this team's; <see langword="null"/>: all.</param>
    public IReadOnlyList<RecentRequest> Find(string id, string? team) => Read(request => request.Id == id && IsOf(team, request));

    /// <summary>The newest requests, newest first.</summary>
    /// <param name="most">How many at most.</param>
    /// <param name="team">Only this team's; <see langword="null"/>: all.</param>
    public IReadOnlyList<RecentRequest> Latest(int most, string? team) => [.. Read(request => IsOf(team, request)).Take(most)];

    /// <inheritdoc/>
    public void Dispose() => _changes?.Dispose();

    private static bool IsOf(string? team, in RequestNote request) => team is null || request.Team == team;

    private void Follow(RecentRequestOptions options)
    {
        _shownFor = TimeSpan.FromMinutes(options.Minutes);
        if (options.Kept != _places.Length)
        {
            Volatile.Write(ref _places, new Place?[options.Kept]);
        }
    }

    private List<RecentRequest> Read(Func<RequestNote, bool> isWanted)
    {
        var found = new List<RecentRequest>();
        foreach (var place in Volatile.Read(ref _places))
        {
            if (place?.Read(isWanted) is { } request && _clock.GetElapsedTime(request.Request.EndedAt) < _shownFor)
            {
                found.Add(request);
            }
        }

        found.Sort(static (one, other) => other.Request.EndedAt.CompareTo(one.Request.EndedAt));
        return found;
    }

    private sealed class Place
    {
        private readonly Lock _lock = new();
        private readonly AttemptNotes _attempts = new();
        private RequestNote? _request;

        public void Fill(Exchange exchange, int status)
        {
            lock (_lock)
            {
                _request = RequestNote.Of(exchange, status);
                _attempts.Clear();
                _attempts.AddAll(exchange.AdoptedAttempts);
                _attempts.AddAll(exchange.Scratch.Attempts.All);
                _attempts.AddAll(exchange.SecondScratch is { } second ? second.Attempts.All : default);
            }
        }

        public RecentRequest? Read(Func<RequestNote, bool> isWanted)
        {
            lock (_lock)
            {
                return _request is { } request && isWanted(request) ? new RecentRequest(request, [.. _attempts.All]) : null;
            }
        }
    }
}
