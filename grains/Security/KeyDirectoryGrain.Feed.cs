using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Grains.Security;

/// <summary>Tells gateways of changes, and knows which gateway has taken in what.</summary>
internal sealed partial class KeyDirectoryGrain
{
    private static readonly TimeSpan PollSpread = TimeSpan.FromSeconds(10);

    // A gateway that asks no more trusts its keys for MaxStaleSeconds after its last answer.
    private readonly FeedReaders _readers = new(TimeSpan.FromSeconds(options.CurrentValue.Auth.MaxStaleSeconds) + PollSpread);
    private TaskCompletionSource _acknowledged = NewSignal();

    /// <inheritdoc/>
    public async ValueTask<KeyFeedPage> FeedAsync(KeyFeedCursor cursor, TimeSpan wait)
    {
        if (!Continues(cursor))
        {
            return Page(0, whole: true);
        }

        if (cursor.Position == _keys.Position && wait > TimeSpan.Zero)
        {
            await WaitAsync(_changed.Task, Cut(wait));
        }

        // The shard may have been read anew while this call slept.
        return Continues(cursor) ? Page(cursor.Position, whole: false) : Page(0, whole: true);
    }

    /// <inheritdoc/>
    public ValueTask<KeyFeedPage> FollowAsync(KeyFeedPoll poll)
    {
        _readers.Heard(poll.Gateway, poll.Name, Continues(poll.Cursor) ? poll.Cursor.Position : 0, clock.GetUtcNow());
        Interlocked.Exchange(ref _acknowledged, NewSignal()).SetResult();
        return FeedAsync(poll.Cursor, poll.Wait);
    }

    /// <inheritdoc/>
    public ValueTask LeaveAsync(Guid gateway)
    {
        _readers.Left(gateway);
        Interlocked.Exchange(ref _acknowledged, NewSignal()).SetResult();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask<KeyReach> ReachAsync(long version, TimeSpan wait)
    {
        var started = clock.GetTimestamp();
        wait = Cut(wait);
        while (true)
        {
            var acknowledged = _acknowledged.Task;
            var behind = _readers.Behind(version, clock.GetUtcNow());
            var rest = wait - clock.GetElapsedTime(started);
            if (behind.IsEmpty || rest <= TimeSpan.Zero)
            {
                return new(_readers.Count(clock.GetUtcNow()), [.. behind.Select(reader => new KeyLaggard(reader.Name, reader.HeardAt))]);
            }

            await WaitAsync(acknowledged, rest);
        }
    }

    private static TimeSpan Cut(TimeSpan wait) => wait < KeyDirectory.LongestWait ? wait : KeyDirectory.LongestWait;

    private bool Continues(KeyFeedCursor cursor) => cursor.Epoch == _epoch && cursor.Position >= 0 && cursor.Position <= _keys.Position;

    private KeyFeedPage Page(long after, bool whole)
    {
        var changes = _keys.ReadAfter(after, KeyDirectory.LargestPage);
        return new(new KeyFeedCursor(_epoch, changes.Position), whole, changes.Records, changes.More) { Subjects = changes.Subjects };
    }

    private async Task WaitAsync(Task signal, TimeSpan wait)
    {
        using var ended = new CancellationTokenSource();
        await Task.WhenAny(signal, Task.Delay(wait, clock, ended.Token));
        await ended.CancelAsync();
    }
}
