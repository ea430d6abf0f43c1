using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Storage;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GrainInterfaces.RateLimiting;
using ProxyCluster.Grains.Storage;

namespace ProxyCluster.Grains.RateLimiting;

/// <summary>Puts a mailbox, a clock and a store around <see cref="LeaseBook"/>, which decides.</summary>
/// <remarks>
/// Not reentrant, on purpose: while a grant is being stored no other may be decided. A write that fails leaves its outcome
/// unknown, so the book in memory is thrown away and read again before the next decision. Subjects are many and mostly idle, and
/// everything that counts is stored: an activation that nobody asks goes soon.
/// </remarks>
[GrainType("pc.rate-limiter"), CollectionAgeLimit(Minutes = 2)]
internal sealed partial class RateLimiterGrain(
    IGrainContext context,
    [PersistentState("state", StorageNames.Grants)] IPersistentState<RateLimiterState> state,
    IOptionsMonitor<ProxyClusterOptions> options,
    TimeProvider clock,
    ILogger<RateLimiterGrain> logger) : IGrainBase, IRateLimiterGrain
{
    private readonly ActivationClock _time = new(clock);

    private LeaseBook? _book;
    private bool _storeIsAhead;
    private LimitSettings? _limits;

    IGrainContext IGrainBase.GrainContext => context;

    /// <inheritdoc/>
    public async ValueTask<LeaseGrant> LeaseAsync(LeaseRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var book = await ReadAsync();
        var limits = request.Limits ?? Configured();
        _limits = limits;
        var grant = book.Lease(request, limits, _time.Now);

        await StoreAsync(book);
        return grant;
    }

    /// <inheritdoc/>
    public async ValueTask<LimiterStatus> StatusAsync()
    {
        var book = await ReadAsync();
        var status = book.Tell(_limits ?? Configured(), _time.Now);
        return status with { Concurrency = _capacity, Slots = _slots?.Outstanding(clock.GetUtcNow()) ?? 0 };
    }

    /// <inheritdoc/>
    public async ValueTask UnblockAsync()
    {
        var book = await ReadAsync();
        book.Unblock();
        await StoreAsync(book);
        LogUnblocked(logger, context.GrainId);
    }

    // For gateways of an earlier release, which send no limits, and where nobody has asked yet.
    private LimitSettings Configured() =>
        SubjectLimits.Of(options.CurrentValue.RateLimits, LimitSubject.LevelOf(context.GrainId.Key.ToString())).Requests;

    private async ValueTask<LeaseBook> ReadAsync()
    {
        if (_storeIsAhead)
        {
            await state.ReadStateAsync();
            _storeIsAhead = false;
        }

        return _book ??= Decode();
    }

    private LeaseBook Decode()
    {
        var book = LeaseBook.Decode(state.State.Book);
        _time.GoOnFrom(book.LatestTime ?? 0);
        return book;
    }

    private ValueTask StoreAsync(LeaseBook book) => book.IsChanged ? WriteAsync(book) : default;

    private async ValueTask WriteAsync(LeaseBook book)
    {
        try
        {
            state.State.Book = book.Encode();
            await state.WriteStateAsync();
        }
        catch (Exception failure)
        {
            _book = null;
            _storeIsAhead = true;

            // What was not stored must not be believed: the store tells it anew.
            state.State.SlotsUntil = 0;
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
