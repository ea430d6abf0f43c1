using System.Collections.Immutable;
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

    /// <summary>Gateways that said goodbye.</summary>
    public List<Guid> Left { get; } = [];

    public async ValueTask<KeyFeedPage> FollowAsync(KeyFeedPoll poll)
    {
        var call = new Call(poll.Cursor, poll.Wait) { Gateway = poll.Gateway };
        _calls.Writer.TryWrite(call);
        return await call.Answer.Task;
    }

    public ValueTask LeaveAsync(Guid gateway)
    {
        Left.Add(gateway);
        return ValueTask.CompletedTask;
    }

    public ValueTask<KeyFeedPage> FeedAsync(KeyFeedCursor cursor, TimeSpan wait) => throw new NotSupportedException();

    public ValueTask<bool> AddAsync(KeyRecord record) => throw new NotSupportedException();

    public ValueTask<KeyRecord?> FindAsync(string publicId) => throw new NotSupportedException();

    public ValueTask<bool> RevokeAsync(string publicId) => throw new NotSupportedException();

    public ValueTask<KeyDescription?> ReadAsync(string publicId) => throw new NotSupportedException();

    public ValueTask<ImmutableArray<KeyDescription>> ListAsync(KeyQuery query) => throw new NotSupportedException();

    public ValueTask<KeyChange> ChangeAsync(KeyRecord record, long expectedVersion) => throw new NotSupportedException();

    public ValueTask<KeyChange> RotateAsync(KeyRotation rotation) => throw new NotSupportedException();

    public ValueTask RehashAsync(KeyRehash rehash) => throw new NotSupportedException();

    public ValueTask UsedAsync(ImmutableArray<KeyUse> uses) => throw new NotSupportedException();

    public ValueTask<SubjectDescription?> ReadSubjectAsync(string subject) => throw new NotSupportedException();

    public ValueTask<ImmutableArray<SubjectDescription>> ListSubjectsAsync(SubjectQuery query) => throw new NotSupportedException();

    public ValueTask<KeyChange> SetSubjectAsync(SubjectRecord record, long expectedVersion) => throw new NotSupportedException();

    public ValueTask<KeyReach> ReachAsync(long version, TimeSpan wait) => throw new NotSupportedException();

    /// <summary>One call of the feed.</summary>
    internal sealed record Call(KeyFeedCursor Cursor, TimeSpan Wait)
    {
        public Guid Gateway { get; init; }

        public TaskCompletionSource<KeyFeedPage> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
