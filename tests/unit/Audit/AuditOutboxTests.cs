using ProxyCluster.Core.Audit;
using ProxyCluster.GatewayApi.Audit;

namespace ProxyCluster.Tests.Unit.Audit;

public sealed class AuditOutboxTests
{
    private readonly AuditOutbox _outbox = new(Guid.NewGuid());

    [Fact]
    public void Batch_UntilItIsAcknowledged_IsTheSame()
    {
        Add(2);
        var first = _outbox.Next(AuditWorld.Noon)!;
        Add(1);

        Assert.Same(first, _outbox.Next(AuditWorld.Noon));
        Assert.Equal((1L, 2), (first.First, first.Entries.Length));
        _outbox.Acknowledge();
        var second = _outbox.Next(AuditWorld.Noon)!;
        Assert.Equal((3L, 1), (second.First, second.Entries.Length));
        _outbox.Acknowledge();
        Assert.Null(_outbox.Next(AuditWorld.Noon));
    }

    [Fact]
    public void Entries_BeyondTheBound_AreLost_AndTheLogHearsHowMany()
    {
        Add(AuditOutbox.Capacity);
        Assert.False(_outbox.Add(AuditWorld.Entry()));
        Assert.False(_outbox.Add(AuditWorld.Entry()));
        Assert.Equal(AuditOutbox.Capacity, _outbox.Count);

        var told = new List<AuditEntry>();
        while (_outbox.Next(AuditWorld.Noon) is { } batch)
        {
            Assert.InRange(batch.Entries.Length, 1, AuditOutbox.LargestBatch);
            Assert.Equal(told.Count + 1, batch.First);
            told.AddRange(batch.Entries);
            _outbox.Acknowledge();
        }

        Assert.Equal(AuditOutbox.Capacity + 1, told.Count);
        Assert.Equal((AuditActions.Lost, 2L), (told[^1].Action, told[^1].Count));
    }

    private void Add(int entries)
    {
        for (var i = 0; i < entries; i++)
        {
            Assert.True(_outbox.Add(AuditWorld.Entry(i)));
        }
    }
}
