using ProxyCluster.Core.Audit;

namespace ProxyCluster.Tests.Unit.Audit;

public sealed class SecurityEventBookTests
{
    private static readonly DateTimeOffset Start = AuditWorld.Noon;

    private readonly SecurityEventBook _book = new();

    [Fact]
    public void Flood_OfOneSource_IsToldAtOnceAndThenAsANumber()
    {
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(i == 0, Note(Start.AddMilliseconds(i)));
            if (i == 0)
            {
                Assert.Equal(1, Assert.Single(_book.TakeDue(Start)).Count);
            }
        }

        Assert.Empty(_book.TakeDue(Start.AddSeconds(9)));
        var rest = Assert.Single(_book.TakeDue(Start.AddSeconds(10)));
        Assert.Equal((999L, Start.AddMilliseconds(999)), (rest.Count, rest.Until));
        Assert.Empty(_book.TakeDue(Start.AddSeconds(30)));
        Assert.True(Note(Start.AddSeconds(31)));
    }

    [Fact]
    public void Flood_OfManySources_IsBoundedAndNothingIsLost()
    {
        for (var i = 0; i < 10_000; i++)
        {
            _book.Note(SecurityEventType.AuthenticationFailed, null, $"10.0.{i / 256}.{i % 256}", "unknown key", Start);
        }

        var due = _book.TakeDue(Start.AddSeconds(10));

        Assert.Equal(SecurityEventBook.MostSources + 1, due.Count);
        Assert.Equal(10_000, due.Sum(e => e.Count));
        Assert.Equal(SecurityEventBook.ManySources, due.MaxBy(e => e.Count)!.Detail);
    }

    [Fact]
    public void Latest_AreAHundredOfEachType()
    {
        for (var i = 0; i < 250; i++)
        {
            _book.Note(SecurityEventType.PermissionDenied, $"key:{i}", null, "keys.create", Start.AddMinutes(i));
            _book.TakeDue(Start.AddMinutes(i).AddSeconds(30));
        }

        Note(Start);

        var latest = _book.Latest(SecurityEventType.PermissionDenied).ToList();
        Assert.Equal(SecurityEventBook.KeptOfEachType, latest.Count);
        Assert.Equal(("key:150", "key:249"), (latest[0].Subject, latest[^1].Subject));
        Assert.Single(_book.Latest(SecurityEventType.AuthenticationFailed));
    }

    [Fact]
    public void End_TellsEverything()
    {
        Note(Start);
        Note(Start);
        Assert.Equal(2, Assert.Single(_book.TakeDue(Start, isLast: true)).Count);
        Assert.Empty(_book.TakeDue(Start, isLast: true));
    }

    [Fact]
    public void Event_WrittenIntoTheLogAndRead_IsTheSame()
    {
        foreach (var type in Enum.GetValues<SecurityEventType>())
        {
            var told = new SecurityEvent(Start, type, "key:4fGh2kLmN0pQ", "127.0.0.1", "detail") { Count = 3, Until = Start.AddSeconds(2), Seq = 1 };
            var line = Assert.Single(new AuditChain("local/events", AuditWorld.Keys()).Plan([told.ToEntry("host:1")], Start).Lines);

            Assert.Equal(told, SecurityEvent.From(AuditLine.Read(line)!));
        }
    }

    private bool Note(DateTimeOffset at) => _book.Note(SecurityEventType.AuthenticationFailed, null, "127.0.0.1", "unknown key", at);
}
