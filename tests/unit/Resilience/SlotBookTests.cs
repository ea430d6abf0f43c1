using ProxyCluster.Core.Resilience;

namespace ProxyCluster.Tests.Unit.Resilience;

public sealed class SlotBookTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Warm = Start + SlotBook.LeaseTimeToLive;
    private static readonly Guid A = Guid.NewGuid();
    private static readonly Guid B = Guid.NewGuid();
    private static readonly Guid C = Guid.NewGuid();

    private readonly SlotBook _book = new(Start);

    [Fact]
    public void Renew_AloneAndWarm_GivesWhatIsWanted()
    {
        Assert.Equal(new SlotGrant(30, SlotBook.LeaseTimeToLive) { Spare = 70 }, _book.Renew(new(A, 1, 0, 30, 1), 100, Warm));
        Assert.Equal(30, _book.Outstanding(Warm));
    }

    [Fact]
    public void Renew_MoreThanThereIs_GivesAll() => Assert.Equal(100, _book.Renew(new(A, 1, 0, 130, 1), 100, Warm).Slots);

    [Fact]
    public void Renew_OfABookThatMayHaveForgotten_GivesAnEqualPartAtMost()
    {
        Assert.Equal(50, _book.Renew(new(A, 1, 0, 90, 2), 100, Start).Slots);
        Assert.Equal(90, _book.Renew(new(A, 2, 50, 90, 2), 100, Warm).Slots);
    }

    [Fact]
    public void Renew_OfABookThatMayHaveForgotten_LeavesWhatIsHeld() =>
        Assert.Equal(80, _book.Renew(new(A, 7, 80, 90, 2), 100, Start).Slots);

    [Fact]
    public void Renew_SecondGateway_GetsWhatIsFreeAndThenItsPartAsTheFirstGivesBack()
    {
        _book.Renew(new(A, 1, 0, 100, 2), 100, Warm);
        Assert.Equal(0, _book.Renew(new(B, 1, 0, 10, 2), 100, Warm).Slots);

        // The first still has 95 in use: it is told to come down, and counts in full until it has said so.
        Assert.Equal(90, _book.Renew(new(A, 2, 100, 100, 2), 100, Warm).Slots);
        Assert.Equal(0, _book.Renew(new(B, 2, 0, 10, 2), 100, Warm).Slots);

        Assert.Equal(90, _book.Renew(new(A, 3, 92, 100, 2), 100, Warm).Slots);
        Assert.Equal(8, _book.Renew(new(B, 3, 0, 10, 2), 100, Warm).Slots);
        Assert.Equal(90, _book.Renew(new(A, 4, 90, 100, 2), 100, Warm).Slots);
        Assert.Equal(10, _book.Renew(new(B, 4, 8, 10, 2), 100, Warm).Slots);
        Assert.Equal(100, _book.Outstanding(Warm));
    }

    [Fact]
    public void Renew_WithLessWanted_FreesTheRest()
    {
        _book.Renew(new(A, 1, 0, 100, 2), 100, Warm);
        Assert.Equal(20, _book.Renew(new(A, 2, 20, 20, 2), 100, Warm).Slots);

        Assert.Equal(80, _book.Renew(new(B, 1, 0, 100, 2), 100, Warm).Slots);
    }

    [Fact]
    public void Renew_LateOrRepeated_ChangesNothing()
    {
        _book.Renew(new(A, 5, 0, 30, 1), 100, Warm);

        Assert.Equal(30, _book.Renew(new(A, 5, 0, 30, 1), 100, Warm).Slots);
        Assert.Equal(30, _book.Renew(new(A, 4, 0, 90, 1), 100, Warm).Slots);
        Assert.Equal(30, _book.Outstanding(Warm));
    }

    [Fact]
    public void Gateway_ThatDies_LosesItsSlotsWhenItsLeaseEnds()
    {
        _book.Renew(new(A, 1, 0, 100, 2), 100, Warm);

        var last = Warm + SlotBook.LeaseTimeToLive - TimeSpan.FromMilliseconds(1);
        Assert.Equal(0, _book.Renew(new(B, 1, 0, 60, 2), 100, last).Slots);
        Assert.Equal(60, _book.Renew(new(B, 2, 0, 60, 2), 100, Warm + SlotBook.LeaseTimeToLive).Slots);
    }

    [Fact]
    public void Gateway_ThatReturnsItsLease_FreesItAtOnce()
    {
        _book.Renew(new(A, 1, 0, 100, 2), 100, Warm);
        Assert.Equal(0, _book.Renew(new(A, 2, 0, 0, 2), 100, Warm).Slots);

        Assert.Equal(100, _book.Renew(new(B, 1, 0, 100, 2), 100, Warm).Slots);
    }

    [Fact]
    public void Slots_FewerThanGateways_GoOneByOne()
    {
        Assert.Equal(1, _book.Renew(new(A, 1, 0, 1, 3), 2, Warm).Slots);
        Assert.Equal(1, _book.Renew(new(B, 1, 0, 1, 3), 2, Warm).Slots);
        Assert.Equal(0, _book.Renew(new(C, 1, 0, 1, 3), 2, Warm).Slots);

        _book.Renew(new(A, 2, 0, 0, 3), 2, Warm);
        Assert.Equal(1, _book.Renew(new(C, 2, 0, 1, 3), 2, Warm).Slots);
    }

    [Fact]
    public void Capacity_ThatFalls_IsReachedAsRequestsEnd()
    {
        _book.Renew(new(A, 1, 0, 100, 1), 100, Warm);

        Assert.Equal(40, _book.Renew(new(A, 2, 100, 100, 1), 40, Warm).Slots);
        Assert.Equal(40, _book.Renew(new(A, 3, 60, 100, 1), 40, Warm).Slots);
        Assert.Equal(60, _book.Outstanding(Warm));
    }

    [Theory]
    [InlineData(10, 0, 100, 1, 100)]
    [InlineData(10, 0, 100, 2, 14)]
    [InlineData(0, 0, 100, 2, 2)]
    [InlineData(40, 8, 100, 2, 62)]
    [InlineData(90, 0, 100, 2, 100)]
    [InlineData(1, 1, 7, 2, 2)]
    [InlineData(0, 0, 7, 2, 0)]
    public void Demand_IsWhatIsNeededAndAQuarter_OneByOneNoMore(int peak, int waiting, int capacity, int gateways, int wanted) =>
        Assert.Equal(wanted, SlotDemand.Wanted(peak, waiting, capacity, gateways));

    [Theory]
    [InlineData(7, 2, true)]
    [InlineData(8, 2, false)]
    [InlineData(1, 1, false)]
    [InlineData(15, 4, true)]
    [InlineData(16, 4, false)]
    public void Slots_FewerThanFourForEachGateway_AreTakenOneByOne(int capacity, int gateways, bool isOneByOne) =>
        Assert.Equal(isOneByOne, SlotDemand.IsOneByOne(capacity, gateways));

    [Fact]
    public void Grant_TellsWhatNoGatewayHas()
    {
        Assert.Equal(70, _book.Renew(new(A, 1, 0, 30, 2), 100, Warm).Spare);
        Assert.Equal(60, _book.Renew(new(B, 1, 0, 10, 2), 100, Warm).Spare);
        Assert.Equal(60, _book.Renew(new(B, 1, 0, 10, 2), 100, Warm).Spare);

        // Told to want less, the first still has 30 in use.
        Assert.Equal(60, _book.Renew(new(A, 2, 30, 5, 2), 100, Warm).Spare);
        Assert.Equal(85, _book.Renew(new(A, 3, 5, 5, 2), 100, Warm).Spare);
        Assert.Equal(90, _book.Renew(new(A, 4, 0, 0, 2), 100, Warm).Spare);
    }

    [Fact]
    public void Grant_OfABookThatMayHaveForgotten_CallsNothingSpare_AndTellsThatThereMayBeMore()
    {
        var early = _book.Renew(new(A, 1, 0, 80, 2), 100, Start);
        var late = _book.Renew(new(A, 2, 50, 80, 2), 100, Warm);

        Assert.Equal((50, 0, true), (early.Slots, early.Spare, early.MayGrow));
        Assert.Equal((80, 20, false), (late.Slots, late.Spare, late.MayGrow));
    }

    [Theory]
    [InlineData(10, 60, 100, 2, 40)]
    [InlineData(10, 1, 100, 2, 10)]
    [InlineData(10, 0, 100, 2, 10)]
    [InlineData(0, 7, 100, 0, 7)]
    [InlineData(90, 40, 100, 1, 100)]
    [InlineData(120, 0, 100, 2, 120)]
    public void Silence_LeavesTheLeaseAndAPartOfWhatWasSpare(int leased, int spare, int capacity, int gateways, int slots) =>
        Assert.Equal(slots, SlotDemand.WhileSilent(leased, spare, capacity, gateways));

    [Theory]
    [InlineData(256, 4, 64)]
    [InlineData(10, 3, 3)]
    [InlineData(2, 5, 1)]
    public void EqualPart_IsNeverNothing(int capacity, int gateways, int slots) => Assert.Equal(slots, SlotDemand.EqualPart(capacity, gateways));
}
