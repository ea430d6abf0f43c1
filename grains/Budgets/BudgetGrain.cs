using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Storage;
using ProxyCluster.Core.Budgets;
using ProxyCluster.GrainInterfaces.Budgets;
using ProxyCluster.Grains.Storage;

namespace ProxyCluster.Grains.Budgets;

/// <summary>Puts a mailbox, a clock and a store around <see cref="BudgetBook"/>, which decides.</summary>
/// <remarks>
/// Calls that come while the book is being stored are decided on it at once, stored together by the next write, and answered
/// when that is done. A write that fails leaves its outcome unknown: all of them fail, and the book in memory is thrown away and
/// read again before the next decision.
/// </remarks>
[GrainType("pc.budget"), Reentrant, CollectionAgeLimit(Minutes = 2)]
internal sealed partial class BudgetGrain : IGrainBase, IBudgetGrain
{
    private readonly IGrainContext _context;
    private readonly IPersistentState<BudgetState> _state;
    private readonly TimeProvider _clock;
    private readonly ILogger<BudgetGrain> _logger;
    private readonly ActivationClock _time;
    private readonly JoinedWrites _writes;

    private BudgetBook? _book;
    private bool _storeIsAhead;
    private Task? _reading;

    public BudgetGrain(
        IGrainContext context,
        [PersistentState("state")] IPersistentState<BudgetState> state,
        TimeProvider clock,
        ILogger<BudgetGrain> logger)
    {
        (_context, _state, _clock, _logger) = (context, state, clock, logger);
        _time = new ActivationClock(clock);
        _writes = new JoinedWrites(WriteAsync, Forget);
    }

    IGrainContext IGrainBase.GrainContext => _context;

    private BudgetBook Book => _book ??= Decode();

    /// <inheritdoc/>
    public async ValueTask<BudgetAnswer> ApplyAsync(BudgetCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        while (_storeIsAhead)
        {
            await ReadAsync();
        }

        var answer = Book.Apply(call, _time.Now, _clock.GetUtcNow());

        // Also what changes nothing waits for the write under way: it may tell of a grant that is not stored yet.
        await _writes.StoredAsync(Book.IsChanged);
        return answer;
    }

    /// <inheritdoc/>
    public async ValueTask<BudgetStanding> LookAsync(BudgetLimits limits)
    {
        while (_storeIsAhead)
        {
            await ReadAsync();
        }

        return Book.Look(limits, _time.Now, _clock.GetUtcNow());
    }

    private Task ReadAsync() => _reading = _reading is { IsCompleted: false } underWay ? underWay : ReadAgainAsync();

    private async Task ReadAgainAsync()
    {
        await _state.ReadStateAsync();
        _storeIsAhead = false;
    }

    private BudgetBook Decode()
    {
        var book = BudgetBook.Decode(_state.State.Book);
        _time.GoOnFrom(book.LatestTime);
        return book;
    }

    private Task WriteAsync()
    {
        _state.State.Book = Book.Encode();
        return _state.WriteStateAsync();
    }

    private void Forget(Exception failure)
    {
        _book = null;
        _storeIsAhead = true;
        LogStoreFailed(_logger, failure, _context.GrainId);
        if (failure is InconsistentStateException)
        {
            // Another activation of this subject wrote: it decides from now on.
            this.DeactivateOnIdle();
        }
    }

    [LoggerMessage(EventId = 2701, Level = LogLevel.Warning, Message = "The budget of {Grain} could not be stored: nothing was granted")]
    private static partial void LogStoreFailed(ILogger logger, Exception failure, GrainId grain);
}
