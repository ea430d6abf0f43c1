namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>
/// Failures in a row, by when the calls ended: a success that is told late breaks the run where it belongs, and a failure
/// that is told late does not count after a success that came behind it.
/// </summary>
internal sealed class FailureRun(int limit)
{
    private readonly DateTimeOffset[] _failures = new DateTimeOffset[limit];
    private DateTimeOffset _lastSuccess = DateTimeOffset.MinValue;

    /// <summary>How many failures stand in a row, at most the limit.</summary>
    public int Count { get; private set; }

    /// <summary>Takes in a success.</summary>
    public void Succeed(DateTimeOffset endedAt)
    {
        if (endedAt <= _lastSuccess)
        {
            return;
        }

        _lastSuccess = endedAt;
        var kept = 0;
        foreach (var failure in _failures.AsSpan(0, Count))
        {
            if (failure > endedAt)
            {
                _failures[kept++] = failure;
            }
        }

        Count = kept;
    }

    /// <summary>Takes in a failure. One of the same moment as a success stands after it.</summary>
    public void Fail(DateTimeOffset endedAt)
    {
        if (endedAt >= _lastSuccess && Count < limit)
        {
            _failures[Count++] = endedAt;
        }
    }

    public void Clear()
    {
        Count = 0;
        _lastSuccess = DateTimeOffset.MinValue;
    }
}
