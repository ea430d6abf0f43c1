using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.Tests.Unit.Routing;

public sealed class OutcomeQueueTests
{
    private const int LargeObjectBytes = 85_000;
    private static readonly Guid Gateway = new("5b0f1a8e-6f0e-4a53-9d5c-1f2e3d4c5b6a");

    private readonly FakeTimeProvider _clock = new();
    private readonly OutcomeQueue _queue;

    public OutcomeQueueTests() => _queue = new OutcomeQueue("p", _clock);

    [Fact]
    public void Next_MoreThanOneBatchWaits_TellsAllInTheirOrder()
    {
        const int Count = (2 * OutcomeQueue.LargestBatch) + 1;
        End(Count);

        var told = new List<int>();
        var sequences = new List<long>();
        while (_queue.Next(Gateway) is { } batch)
        {
            sequences.Add(batch.Sequence);
            told.AddRange(batch.Reports.Select(Number));
            _queue.Acknowledge();
        }

        Assert.Equal(Enumerable.Range(0, Count), told);
        Assert.Equal([1, 2, 3], sequences);
    }

    [Fact]
    public void Next_NotAcknowledged_IsTheSameBatchWhateverCameSince()
    {
        End(2);
        var first = _queue.Next(Gateway)!;
        End(1);

        var again = _queue.Next(Gateway)!;

        Assert.Equal(first.Sequence, again.Sequence);
        Assert.Equal(first.Reports.Select(Number), again.Reports.Select(Number));
        Assert.Equal(2, again.Reports.Length);
    }

    [Fact]
    public void Next_AfterAcknowledgement_HasOnlyWhatCameSince()
    {
        End(3);
        _queue.Next(Gateway);
        _queue.Acknowledge();
        End(1);

        var batch = _queue.Next(Gateway)!;

        Assert.Equal(2, batch.Sequence);
        Assert.Single(batch.Reports);
    }

    [Fact]
    public void Next_TimePassed_SaysHowLongAgoEachEnded()
    {
        End(1);
        _clock.Advance(TimeSpan.FromMilliseconds(70));
        End(1);
        _clock.Advance(TimeSpan.FromMilliseconds(5));

        Assert.Equal([75, 5], _queue.Next(Gateway)!.Reports.Select(r => r.AgeMilliseconds));
    }

    [Fact]
    public void Next_NothingHappened_IsNothing() => Assert.Null(_queue.Next(Gateway));

    [Fact]
    public void Ends_CapacityWaits_RefusesAndStillCountsInFlight()
    {
        End(OutcomeQueue.Capacity);
        _queue.Began();

        Assert.False(_queue.Ends(Report(0)));
        Assert.Equal(0, _queue.InFlight);

        _queue.Next(Gateway);
        _queue.Acknowledge();
        Assert.True(_queue.Ends(Report(0)));
    }

    [Fact]
    public void Batches_OfAnySize_StayOffTheLargeObjectHeap()
    {
        End(OutcomeQueue.Capacity);
        _queue.Next(Gateway);
        _queue.Acknowledge();
        var before = GC.GetAllocatedBytesForCurrentThread();

        var batch = _queue.Next(Gateway)!;

        Assert.Equal(OutcomeQueue.LargestBatch, batch.Reports.Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, LargeObjectBytes - 1);
    }

    private static int Number(AttemptReport report) => (int)report.Latency.TotalSeconds;

    private static AttemptReport Report(int number) =>
        new("m", AttemptOutcome.Succeeded, Streamed: false, TimeSpan.FromSeconds(number), default, AgeMilliseconds: 0);

    private void End(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _queue.Began();
            Assert.True(_queue.Ends(Report(i)));
        }
    }
}
