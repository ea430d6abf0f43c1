using Microsoft.Extensions.Logging;
using Orleans.Storage;
using ProxyCluster.Core.Budgets;
using ProxyCluster.GrainInterfaces.Budgets;

namespace ProxyCluster.Grains.Budgets;

/// <summary>Puts a mailbox, a clock and a store around <see cref="BudgetBook"/>, which decides.</summary>
/// <remarks>
/// Not reentrant, on purpose: while a grant is being stored no other may be decided. A write that fails leaves its outcome
/// unknown, so the book in memory is thrown away and read again before the next decision.
/// </remarks>
[GrainType("pc.budget")]
internal sealed partial class BudgetGrain(
    IGrainContext context,
    [PersistentState("state")] IPersistentState<BudgetState> state,
    TimeProvider clock,
    ILogger<BudgetGrain> logger) : IGrainBase, IBudgetGrain
{
    // Monotonic within an activation: a step of the wall clock neither frees a window early nor holds it.
    private readonly long _startTimestamp = clock.GetTimestamp();
    private long _startMilliseconds = clock.GetUtcNow().ToUnixTimeMilliseconds();

    private BudgetBook? _book;
    private bool _storeIsAhead;

    IGrainContext IGrainBase.GrainContext => context;

    /// <inheritdoc/>
    public async ValueTask<BudgetAnswer> ApplyAsync(BudgetCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var book = await ReadAsync();
        var answer = book.Apply(call, Now(), clock.GetUtcNow());
        await StoreAsync(book);
        return answer;
    }

    /// <inheritdoc/>
    public async ValueTask<BudgetStanding> LookAsync(BudgetLimits limits)
    {
        var book = await ReadAsync();
        return book.Look(limits, Now(), clock.GetUtcNow());
    }

    private long Now() => _startMilliseconds + (long)clock.GetElapsedTime(_startTimestamp).TotalMilliseconds;

    private async ValueTask<BudgetBook> ReadAsync()
    {
        if (_storeIsAhead)
        {
            await state.ReadStateAsync();
            _storeIsAhead = false;
        }

        return _book ??= Decode();
    }

    // A silo whose clock is behind the last one's goes on from where that was: no time has passed, but from here on it does.
    private BudgetBook Decode()
    {
        var book = BudgetBook.Decode(state.State.Book);
        _startMilliseconds += Math.Max(0, book.LatestTime - Now());
        return book;
    }

    private async ValueTask StoreAsync(BudgetBook book)
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

    [LoggerMessage(EventId = 2701, Level = LogLevel.Warning, Message = "The budget of {Grain} could not be stored: nothing was granted")]
    private static partial void LogStoreFailed(ILogger logger, Exception failure, GrainId grain);
}
