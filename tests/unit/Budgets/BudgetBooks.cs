using System.Reflection;
using ProxyCluster.Core.Budgets;
using ProxyCluster.GrainInterfaces.Budgets;

namespace ProxyCluster.Tests.Unit.Budgets;

/// <summary>How the budget grains of a test behave.</summary>
internal enum BooksMood
{
    Answer,
    Fail,

    /// <summary>Every call is counted, and its answer lost.</summary>
    LoseAnswers,

    /// <summary>Every call is counted, and answered when the test says so.</summary>
    AnswerLater,
}

/// <summary>Budget grains without a cluster: a book for each subject.</summary>
internal sealed class BudgetBooks
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, BudgetBook> _books = [];
    private readonly TimeProvider _clock;

    public BudgetBooks(TimeProvider clock)
    {
        _clock = clock;
        Factory = DispatchProxy.Create<IGrainFactory, BudgetFactoryProxy>();
        ((BudgetFactoryProxy)Factory).Books = this;
    }

    public IGrainFactory Factory { get; }

    public BooksMood Mood { get; set; }

    public int Calls { get; private set; }

    /// <summary>Done when the first call was counted.</summary>
    public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Set by a test of <see cref="BooksMood.AnswerLater"/>.</summary>
    public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BudgetStanding Look(string subject, BudgetLimits limits)
    {
        lock (_gate)
        {
            return Book(subject).Look(limits, _clock.GetUtcNow().ToUnixTimeMilliseconds(), _clock.GetUtcNow());
        }
    }

    public Task<BudgetAnswer> ApplyAsync(string subject, BudgetCall call)
    {
        lock (_gate)
        {
            Calls++;
            if (Mood == BooksMood.Fail)
            {
                return Task.FromException<BudgetAnswer>(new OrleansException("Error from storage provider"));
            }

            var answer = Book(subject).Apply(call, _clock.GetUtcNow().ToUnixTimeMilliseconds(), _clock.GetUtcNow());
            Asked.TrySetResult();
            return Mood switch
            {
                BooksMood.LoseAnswers => Task.FromException<BudgetAnswer>(new TimeoutException("The answer was lost.")),
                BooksMood.AnswerLater => LaterAsync(answer),
                _ => Task.FromResult(answer),
            };
        }
    }

    private async Task<BudgetAnswer> LaterAsync(BudgetAnswer answer)
    {
        await Answer.Task;
        return answer;
    }

    private BudgetBook Book(string subject) => _books.TryGetValue(subject, out var book) ? book : _books[subject] = new BudgetBook();
}

/// <summary>Answers <c>GetGrain</c>.</summary>
public class BudgetFactoryProxy : DispatchProxy
{
    internal BudgetBooks Books { get; set; } = null!;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Assert.Equal("GetGrain", targetMethod!.Name);
        var grain = Create<IBudgetGrain, BudgetGrainProxy>();
        ((BudgetGrainProxy)grain).Books = Books;
        ((BudgetGrainProxy)grain).Subject = (string)args![0]!;
        return grain;
    }
}

/// <summary>Answers <c>ApplyAsync</c>.</summary>
public class BudgetGrainProxy : DispatchProxy
{
    internal BudgetBooks Books { get; set; } = null!;

    internal string Subject { get; set; } = "";

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        Assert.Equal("ApplyAsync", targetMethod!.Name);
        return new ValueTask<BudgetAnswer>(Books.ApplyAsync(Subject, (BudgetCall)args![0]!));
    }
}
