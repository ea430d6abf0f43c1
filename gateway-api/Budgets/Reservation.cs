using System.Runtime.CompilerServices;
using ProxyCluster.Core.Budgets;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>What one request has taken of the budgets that it counts against: of its key, its user, its team and its model.</summary>
internal sealed class Reservation
{
    /// <summary>Budgets that one request can count against.</summary>
    public const int MostBudgets = 4;

    // RELIABILITY 5.4: a stream that outgrows its reservation takes more in such steps.
    private const int StepTokens = 256;

    private Parts _parts;
    private int _isSettled;
    private long _coveredTokens;

    /// <summary>How many budgets.</summary>
    public int Count { get; private set; }

    /// <summary>What the request is expected to use: tokens as they are likely, money as it is at most.</summary>
    public Amount Asked { get; set; }

    /// <summary>The prompt's likely length, in tokens.</summary>
    public long PromptTokens { get; set; }

    /// <summary>The model that the client asked for.</summary>
    public required string Model { get; init; }

    /// <summary>One of the budgets.</summary>
    public ref Part this[int index] => ref _parts[index];

    /// <summary>Counts the request against a budget too.</summary>
    public void Add(BudgetAccount account)
    {
        if (Count < MostBudgets)
        {
            _parts[Count++].Account = account;
        }
    }

    /// <summary>The answer has grown: takes more where it has outgrown what was taken.</summary>
    /// <param name="outputTokens">Its length so far, as it was counted here.</param>
    public void Grow(long outputTokens)
    {
        var needed = PromptTokens + outputTokens;
        if (needed <= Math.Max(_coveredTokens, Asked.Tokens))
        {
            return;
        }

        // Tried once a step: where nothing is in hand the stream goes on, and the rest counts when it ends.
        _coveredTokens = needed + StepTokens;
        for (var i = 0; i < Count; i++)
        {
            ref var part = ref _parts[i];
            if (part.Account is { Limits.HasTokens: true, Subject: { } subject })
            {
                subject.TryExtend(new Amount(StepTokens, 0), ref part.Taken);
            }
        }
    }

    /// <summary>The request has ended. A second call changes nothing.</summary>
    /// <param name="actual">What it used.</param>
    public void Settle(in Amount actual)
    {
        if (Interlocked.Exchange(ref _isSettled, 1) != 0)
        {
            return;
        }

        for (var i = 0; i < Count; i++)
        {
            ref var part = ref _parts[i];
            if (part.IsTaken)
            {
                part.Account.Subject!.Settle(part.Taken, actual);
            }
        }
    }

    internal struct Part
    {
        public BudgetAccount Account;
        public Taken Taken;
        public bool IsTaken;
    }

    [InlineArray(MostBudgets)]
    private struct Parts
    {
        private Part _first;
    }
}
