using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class NotedUsesTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly NotedUses _uses = new();

    [Fact]
    public void Uses_AreTakenOnce_WithWhatWasUsed()
    {
        _uses.Note(Entry("one", isPrevious: false));
        _uses.Note(Entry("two", isPrevious: true));

        Assert.Equal([new KeyUse("one", false, Now), new KeyUse("two", true, Now)], _uses.TakeAll(Now));
        Assert.Empty(_uses.TakeAll(Now));
    }

    [Fact]
    public void Uses_BeyondTheBound_AreDropped_AndThereIsRoomAgainOnceTheyAreTaken()
    {
        var entry = Entry("one", isPrevious: false);
        for (var i = 0; i < NotedUses.Most + 10; i++)
        {
            _uses.Note(entry);
        }

        Assert.True(_uses.IsHalfFull);
        Assert.Equal(NotedUses.Most, _uses.TakeAll(Now).Count);
        Assert.False(_uses.IsHalfFull);
        _uses.Note(entry);
        Assert.Single(_uses.TakeAll(Now));
    }

    private static KeyEntry Entry(string id, bool isPrevious)
    {
        var record = new KeyRecord { PublicId = id, Hash = [], Name = id, Roles = [] };
        return new(default, KeyFacts.Of(record), isPrevious, new Caller { Subject = record.Subject, Name = id, IsLimited = true });
    }
}
