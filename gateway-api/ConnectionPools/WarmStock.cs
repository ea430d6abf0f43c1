using System.Diagnostics.CodeAnalysis;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>Connections that were opened ahead of any request. Safe for many threads.</summary>
internal sealed class WarmStock
{
    private readonly Lock _changing = new();

    // The newest at the end: it is taken first, and the oldest are closed first.
    private readonly List<ReadyConnection> _ready = [];
    private bool _isClosed;

    /// <summary>Connections that are ready.</summary>
    public int Count
    {
        get
        {
            lock (_changing)
            {
                return _ready.Count;
            }
        }
    }

    /// <summary>Takes in a connection.</summary>
    /// <returns><see langword="false"/> when the stock is closed: the connection is still the caller's.</returns>
    public bool TryAdd(ReadyConnection connection)
    {
        lock (_changing)
        {
            if (!_isClosed)
            {
                _ready.Add(connection);
            }

            return !_isClosed;
        }
    }

    /// <summary>Takes out a connection that is open still; what is not is closed on the way.</summary>
    /// <param name="onlyHttp11">Whether one on which the host has chosen HTTP/2 is of no use.</param>
    /// <param name="connection">The newest that fits.</param>
    public bool TryTake(bool onlyHttp11, [NotNullWhen(true)] out ReadyConnection? connection)
    {
        while (TakeLast() is { } last)
        {
            if (last.IsAlive && !(onlyHttp11 && last.IsHttp2))
            {
                connection = last;
                return true;
            }

            last.Stream.Dispose();
        }

        connection = null;
        return false;
    }

    /// <summary>Closes what its host has left, and the oldest of what is too many.</summary>
    /// <param name="most">Connections to keep at most.</param>
    public void Trim(int most)
    {
        List<ReadyConnection> gone = [];
        lock (_changing)
        {
            gone.AddRange(_ready.Where(static connection => !connection.IsAlive));
            _ready.RemoveAll(gone.Contains);
            var surplus = Math.Max(0, _ready.Count - Math.Max(0, most));
            gone.AddRange(_ready.Take(surplus));
            _ready.RemoveRange(0, surplus);
        }

        gone.ForEach(static connection => connection.Stream.Dispose());
    }

    /// <summary>Closes all, and takes in no more.</summary>
    public void Close()
    {
        lock (_changing)
        {
            _isClosed = true;
        }

        Trim(0);
    }

    private ReadyConnection? TakeLast()
    {
        lock (_changing)
        {
            if (_ready.Count == 0)
            {
                return null;
            }

            var last = _ready[^1];
            _ready.RemoveAt(_ready.Count - 1);
            return last;
        }
    }
}
