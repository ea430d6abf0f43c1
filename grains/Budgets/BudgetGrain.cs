using Microsoft.Extensions.Logging;
using Orleans.Storage;
using ProxyCluster.Core.Budgets;
using ProxyCluster.GrainInterfaces.Budgets;
using ProxyCluster.Grains.Storage;

namespace ProxyCluster.Grains.Budgets;

/// <summary>Puts a mailbox, a clock and a store around <see cref="BudgetBook"/>, which decides.</summary>
/// <remarks>
/// Not reentrant, on purpose: while a grant is being stored no other may be decided. A write that fails leaves its outcome
/// unknown, so the book in memory is thrown away and read again before the next decision.
/// </remarks>
[GrainType("pc.budget"), CollectionAgeLimit(Minutes = 2)]
internal sealed partial class BudgetGrain(
    IGrainContext context,
    [PersistentState("state")] IPersistentState<BudgetState> state,
    TimeProvider clock,
    ILogger<BudgetGrain> logger) : IGrainBase, IBudgetGrain
{
    private readonly ActivationClock _time = new(clock);

    private BudgetBook? _book;
    private bool _storeIsAhead;

    IGrainContext IGrainBase.GrainContext => context;

    /// <inheritdoc/>
    public async ValueTask<BudgetAnswer> ApplyAsync(BudgetCall call)
    {
        ArgumentNullException.ThrowIfNull(call);
        var book = await ReadAsync();
        var answer = book.Apply(call, _time.Now, clock.GetUtcNow());
        await StoreAsync(book);
        return answer;
    }

    /// <inheritdoc/>
    public async ValueTask<BudgetStanding> LookAsync(BudgetLimits limits)
    {
        var book = await ReadAsync();
        return book.Look(limits, _time.Now, clock.GetUtcNow());
    }

    private async ValueTask<BudgetBook> ReadAsync()
    {
        if (_storeIsAhead)
        {
            await state.ReadStateAsync();
            _storeIsAhead = false;
        }

        return _book ??= Decode();
    }

    private BudgetBook Decode()
    {
        var book = BudgetBook.Decode(state.State.Book);
        _time.GoOnFrom(book.LatestTime);
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
