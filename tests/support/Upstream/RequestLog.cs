using System.Threading.Channels;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>The requests that arrived, bounded.</summary>
internal sealed class RequestLog(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Queue<RecordedRequest> _kept = [];
    private Channel<RecordedRequest> _arrivals = Channel.CreateUnbounded<RecordedRequest>();
    private long _count;
    private long _posts;

    public long PostCount => Interlocked.Read(ref _posts);

    public ChannelReader<RecordedRequest> Arrivals => _arrivals.Reader;

    public IReadOnlyList<RecordedRequest> All()
    {
        lock (_lock)
        {
            return [.. _kept];
        }
    }

    public IReadOnlyList<RecordedRequest> Posts() => [.. All().Where(request => request.Method == "POST")];

    /// <returns>The record, or <see langword="null"/> where none is kept.</returns>
    public RecordedRequest? Add(ParsedRequest request, long connection)
    {
        var post = request.Method == "POST";
        if (post)
        {
            Interlocked.Increment(ref _posts);
        }

        if (capacity == 0)
        {
            return null;
        }

        var recorded = new RecordedRequest
        {
            Id = Interlocked.Increment(ref _count),
            Connection = connection,
            Method = request.Method,
            Target = request.Target,
            Head = request.Head,
            Headers = request.Headers,
            Body = request.Body,
        };
        lock (_lock)
        {
            _kept.Enqueue(recorded);
            if (_kept.Count > capacity)
            {
                _kept.Dequeue();
            }
        }

        if (post)
        {
            _arrivals.Writer.TryWrite(recorded);
        }

        return recorded;
    }

    public void Clear()
    {
        lock (_lock)
        {
            _kept.Clear();
        }

        Interlocked.Exchange(ref _posts, 0);
        _arrivals = Channel.CreateUnbounded<RecordedRequest>();
    }
}
