using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GrainInterfaces.RateLimiting;

namespace ProxyCluster.Grains.RateLimiting;

/// <summary>Puts a mailbox, a clock and a store around <see cref="LeaseBook"/>, which decides.</summary>
/// <remarks>
/// Not reentrant, on purpose: while a grant is being stored no other may be decided. A write that fails leaves its outcome
/// unknown, so the book in memory is thrown away and read again before the next decision.
/// </remarks>
[GrainType("pc.rate-limiter")]
internal sealed partial class RateLimiterGrain(
    IGrainContext context,
    [PersistentState("state")] IPersistentState<RateLimiterState> state,
    IOptionsMonitor<ProxyClusterOptions> options,
    TimeProvider clock,
    ILogger<RateLimiterGrain> logger) : IGrainBase, IRateLimiterGrain
{
    // Monotonic within an activation: a step of the wall clock neither frees a window early nor holds it.
    private readonly long _startTimestamp = clock.GetTimestamp();
    private long _startMilliseconds = clock.GetUtcNow().ToUnixTimeMilliseconds();

    private LeaseBook? _book;
    private bool _storeIsAhead;

    IGrainContext IGrainBase.GrainContext => context;

    /// <inheritdoc/>
    public async ValueTask<LeaseGrant> LeaseAsync(LeaseRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var book = await ReadAsync();
        var limits = options.CurrentValue.RateLimits;
        var grant = book.Lease(request, new LimitSettings(limits.RequestsPerMinute, limits.RequestsPerHour, limits.Block), Now());

        await StoreAsync(book);
        return grant;
    }

    /// <inheritdoc/>
    public async ValueTask UnblockAsync()
    {
        var book = await ReadAsync();
        book.Unblock();
        await StoreAsync(book);
        LogUnblocked(logger, context.GrainId);
    }

    private long Now() => _startMilliseconds + (long)clock.GetElapsedTime(_startTimestamp).TotalMilliseconds;

    private async ValueTask<LeaseBook> ReadAsync()
    {
        if (_storeIsAhead)
        {
            await state.ReadStateAsync();
            _storeIsAhead = false;
        }

        return _book ??= Decode();
    }

    // A silo whose clock is behind the last one's goes on from where that was: no time has passed, but from here on it does.
    private LeaseBook Decode()
    {
        var book = LeaseBook.Decode(state.State.Book);
        _startMilliseconds += Math.Max(0, (book.LatestTime ?? 0) - Now());
        return book;
    }

    private async ValueTask StoreAsync(LeaseBook book)
    {
        if (!book.IsChanged)
        {
            return;
        }

        try
        {
            state.State.Book = book.Encode();
            await state.WriteStateAsync();
        }
        catch (Exception failure)
        {
            _book = null;
            _storeIsAhead = true;
            LogStoreFailed(logger, failure, context.GrainId);
            if (failure is InconsistentStateException)
            {
                // Another activation of this subject wrote: it decides from now on.
                this.DeactivateOnIdle();
            }

            throw;
        }
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Warning, Message = "The limits of {Grain} could not be stored: nothing was granted")]
    private static partial void LogStoreFailed(ILogger logger, Exception failure, GrainId grain);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Information, Message = "The block of {Grain} was lifted")]
    private static partial void LogUnblocked(ILogger logger, GrainId grain);
}
