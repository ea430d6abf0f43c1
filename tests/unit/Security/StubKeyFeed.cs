using System.Threading.Channels;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>The feed of one shard, whose every answer the test gives.</summary>
internal sealed class StubKeyFeed : IKeyDirectoryGrain
{
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();

    /// <summary>Calls that came and were not taken by the test.</summary>
    public int Waiting => _calls.Reader.Count;

    /// <summary>The next call, as soon as it comes.</summary>
    public async Task<Call> NextAsync() => await _calls.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public async ValueTask<KeyFeedPage> FeedAsync(KeyFeedCursor cursor, TimeSpan wait)
    {
        var call = new Call(cursor, wait);
        _calls.Writer.TryWrite(call);
        return await call.Answer.Task;
    }

    public ValueTask<bool> AddAsync(KeyRecord record) => throw new NotSupportedException();

    public ValueTask<KeyRecord?> FindAsync(string publicId) => throw new NotSupportedException();

    public ValueTask<bool> RevokeAsync(string publicId) => throw new NotSupportedException();

    /// <summary>One call of the feed.</summary>
    internal sealed record Call(KeyFeedCursor Cursor, TimeSpan Wait)
    {
        public TaskCompletionSource<KeyFeedPage> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
