using ProxyCluster.Core.Resilience;

namespace ProxyCluster.Grains.RateLimiting;

/// <content>Puts clock and store around <see cref="SlotBook"/>, which shares the requests in flight.</content>
/// <remarks>
/// Who has what is kept in memory. Stored is only until when anybody may have anything, a minute ahead: a new activation of a
/// subject that nobody used knows that all is free, and one that follows a lost silo is careful while earlier leases last.
/// </remarks>
internal sealed partial class RateLimiterGrain
{
    private static readonly TimeSpan ToldAhead = TimeSpan.FromMinutes(1);

    private SlotBook? _slots;
    private int _capacity;

    /// <inheritdoc/>
    public async ValueTask<SlotGrant> RenewSlotsAsync(SlotRequest request, int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        var book = await ReadAsync();
        var now = clock.GetUtcNow();
        _slots ??= NewSlots(now);
        _capacity = capacity;
        var until = (now + SlotBook.LeaseTimeToLive).ToUnixTimeMilliseconds();
        if (request.Wanted > 0 && until > state.State.SlotsUntil)
        {
            state.State.SlotsUntil = until + (long)ToldAhead.TotalMilliseconds;
            await WriteAsync(book);
        }

        return _slots.Renew(request, capacity, now);
    }

    private SlotBook NewSlots(DateTimeOffset now)
    {
        var earlierEnd = DateTimeOffset.FromUnixTimeMilliseconds(state.State.SlotsUntil);
        var carefulUntil = now + SlotBook.LeaseTimeToLive;
        return new SlotBook((earlierEnd < carefulUntil ? earlierEnd : carefulUntil) - SlotBook.LeaseTimeToLive);
    }
}
