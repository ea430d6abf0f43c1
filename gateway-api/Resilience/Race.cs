namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>Two attempts for one request: the first that begins to answer wins, and the other is cancelled at once.</summary>
internal sealed class Race : IDisposable
{
    private RaceSide? _winner;

    public Race(CancellationToken clientLeft)
    {
        First = new RaceSide(this, clientLeft);
        Second = new RaceSide(this, clientLeft);
    }

    public RaceSide First { get; }

    public RaceSide Second { get; }

    /// <summary>Who has won; <see langword="null"/>: nobody yet.</summary>
    public RaceSide? Winner => Volatile.Read(ref _winner);

    /// <summary>Only once both attempts have ended.</summary>
    public void Dispose()
    {
        First.Dispose();
        Second.Dispose();
    }

    internal bool TryWin(RaceSide side)
    {
        if (Interlocked.CompareExchange(ref _winner, side, null) is { } earlier)
        {
            return earlier == side;
        }

        (side == First ? Second : First).Cancel();
        return true;
    }
}

/// <summary>One attempt of a <see cref="Race"/>.</summary>
internal sealed class RaceSide(Race race, CancellationToken clientLeft) : IDisposable
{
    private readonly CancellationTokenSource _abandoned = CancellationTokenSource.CreateLinkedTokenSource(clientLeft);

    /// <summary>Ends when the client leaves or the other side wins.</summary>
    public CancellationToken Abandoned => _abandoned.Token;

    /// <summary>Whether the other side has won.</summary>
    public bool IsBeaten => race.Winner is { } winner && winner != this;

    /// <summary>Claims the race. Nothing may reach the client before.</summary>
    /// <returns><see langword="false"/>: the other side was faster.</returns>
    public bool TryWin() => race.TryWin(this);

    public void Dispose() => _abandoned.Dispose();

    internal void Cancel() => _abandoned.Cancel();
}
