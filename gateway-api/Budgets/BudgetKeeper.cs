using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>Holds callers to their tokens and their money: reserves before a request is sent, and settles when it has ended (SPEC section 7).</summary>
internal sealed class BudgetKeeper : IDisposable
{
    private const long IdleMilliseconds = 90_000;

    // Of an answer that neither its client nor earlier ones bound: it is a guess, and a stream takes more as it grows.
    private const int UnknownAnswerTokens = 1_024;

    private readonly ConcurrentDictionary<string, SubjectBudget> _subjects = new(StringComparer.Ordinal);
    private readonly BudgetSurroundings _around;
    private readonly IDisposable? _changes;

    /// <summary>Makes the budgets of this gateway.</summary>
    public BudgetKeeper(
        IGrainFactory grains,
        IRoutingSnapshotSource snapshots,
        IOptionsMonitor<ProxyClusterOptions> options,
        TimeProvider time,
        BudgetMetrics metrics,
        BudgetBell bell,
        ILogger<BudgetKeeper> logger)
    {
        _around = new BudgetSurroundings(grains, snapshots, new LimiterClock(time), metrics, bell, new BudgetPolicy(options.CurrentValue), logger);
        _changes = options.OnChange(changed => _around.Policy = new BudgetPolicy(changed));
    }

    /// <summary>The configured limits.</summary>
    public BudgetPolicy Policy => _around.Policy;

    /// <summary>Takes from every budget that the request counts against; nothing is done where nothing is limited.</summary>
    /// <returns>Why it is refused; <see langword="null"/>: it may go on.</returns>
    public ValueTask<Refusal?> ReserveAsync(Exchange exchange, RoutingSnapshot snapshot, CancellationToken cancellationToken)
    {
        var caller = exchange.Caller!;
        if (!caller.IsLimited || exchange.Operation is InferenceOperation.Explain or InferenceOperation.CountTokens or InferenceOperation.Condense)
        {
            return default;
        }

        var policy = _around.Policy;
        Reservation? reservation = null;
        foreach (var account in caller.Accounts.AsSpan())
        {
            Join(exchange, StateOf(account, policy), ref reservation);
        }

        if (policy.AccountOf(exchange.Request!.Model) is { } model)
        {
            Join(exchange, StateOf(model, policy), ref reservation);
        }

        return reservation is null ? default : TakeAsync(exchange, snapshot, reservation, policy, cancellationToken);
    }

    /// <summary>Tells which budgets must hear from this gateway now, and drops idle ones.</summary>
    public List<SubjectBudget> Tidy()
    {
        var due = new List<SubjectBudget>();
        foreach (var (name, subject) in _subjects)
        {
            if (subject.NeedsCall())
            {
                due.Add(subject);
            }
            else if (subject.TryEvict(IdleMilliseconds))
            {
                _subjects.TryRemove(new KeyValuePair<string, SubjectBudget>(name, subject));
            }
        }

        return due;
    }

    /// <summary>Puts back what is in hand, and tells which budgets are still to be told something.</summary>
    public List<SubjectBudget> RetireAll() => [.. _subjects.Values.Where(static subject => subject.Retire())];

    /// <inheritdoc/>
    public void Dispose() => _changes?.Dispose();

    private static void Join(Exchange exchange, BudgetAccount state, ref Reservation? reservation)
    {
        if (state.Subject is not null)
        {
            (reservation ??= exchange.Scratch.Reservation.Begin(exchange.Request!.Model)).Add(state);
        }
    }

    private ValueTask<Refusal?> TakeAsync(
        Exchange exchange, RoutingSnapshot snapshot, Reservation reservation, BudgetPolicy policy, CancellationToken cancellationToken)
    {
        if (Estimate(exchange, snapshot, reservation, policy) is { } refusal)
        {
            return new(refusal);
        }

        exchange.Reservation = reservation;
        var isTaken = true;
        for (var i = 0; i < reservation.Count; i++)
        {
            ref var part = ref reservation[i];
            part.IsTaken = part.Account.Subject!.TryTake(part.Account.Limits, part.Account.Limits.Limited(reservation.Asked), out part.Taken);
            isTaken &= part.IsTaken;
        }

        return isTaken ? default : WaitAsync(exchange, reservation, cancellationToken);
    }

    private static Refusal? Estimate(Exchange exchange, RoutingSnapshot snapshot, Reservation reservation, BudgetPolicy policy)
    {
        bool hasTokens = false, hasMoney = false;
        for (var i = 0; i < reservation.Count; i++)
        {
            hasTokens |= reservation[i].Account.Limits.HasTokens;
            hasMoney |= reservation[i].Account.Limits.HasMoney;
        }

        var request = exchange.Request!;
        var size = PromptSize.Of(request);
        reservation.PromptTokens = size.Likely;
        var tokens = hasTokens ? reservation.PromptTokens + LikelyAnswer(exchange, reservation) : 0;
        var isKnown = true;
        var money = hasMoney ? WorstCases.NanoDollarsOf(exchange, size, snapshot, policy, out isKnown) : 0;
        reservation.Asked = new Amount(tokens, money);
        return isKnown || !policy.RefusesUnknownPrices ? null : BudgetRefusals.PriceUnknown(request.Model);
    }

    private static long LikelyAnswer(Exchange exchange, Reservation reservation)
    {
        if (!WorstCases.HasAnswer(exchange.Operation))
        {
            return 0;
        }

        var request = exchange.Request!;
        var most = request.MaxOutputTokens > 0 ? request.MaxOutputTokens : int.MaxValue;
        var expected = reservation[0].Account.Subject!.HistoryOf(request.Model)?.Expected ?? 0;
        var one = Math.Min(most, expected > 0 ? expected : request.MaxOutputTokens > 0 ? most : UnknownAnswerTokens);
        return (long)one * request.PaidChoices;
    }

    // All budgets that lack room are asked at once: their waits are one wait.
    [AsyncMethodBuilder(typeof(PooledMethodBuilder<>))]
    private async ValueTask<Refusal?> WaitAsync(Exchange exchange, Reservation reservation, CancellationToken cancellationToken)
    {
        var waits = new Task<Refusal?>[reservation.Count];
        for (var i = 0; i < reservation.Count; i++)
        {
            waits[i] = reservation[i].IsTaken ? Task.FromResult<Refusal?>(null) : WaitForAsync(exchange, reservation, i, cancellationToken);
        }

        try
        {
            foreach (var refusal in await Task.WhenAll(waits))
            {
                if (refusal is not null)
                {
                    reservation.Settle(default);
                    return refusal;
                }
            }

            return null;
        }
        catch (OperationCanceledException)
        {
            reservation.Settle(default);
            throw;
        }
    }

    private async Task<Refusal?> WaitForAsync(Exchange exchange, Reservation reservation, int index, CancellationToken cancellationToken)
    {
        var account = reservation[index].Account;
        var wanted = account.Limits.Limited(reservation.Asked);
        BudgetDecision? decision = null;
        while (decision is null)
        {
            decision = await account.Subject!.WaitAsync(account.Limits, wanted, cancellationToken);
            if (decision is null)
            {
                account = account with { Subject = SubjectOf(account.Subject.Subject) };
            }
        }

        var refusal = decision.Value.Refusal;
        if (refusal is not null)
        {
            _around.Bell.Refused(account.Subject!.Subject, refusal, exchange.From, account.IsShadow);
        }

        if (refusal is not null && account.IsShadow)
        {
            _around.Metrics.Shadowed();
            BudgetLog.WouldRefuse(_around.Logger, account.Subject!.Subject, refusal.Code);
            decision = account.Subject.TryTake(account.Limits, default, out var nothing) ? new BudgetDecision(nothing, null) : decision;
            refusal = null;
        }

        ref var part = ref reservation[index];
        part.Account = account;
        part.Taken = decision.Value.Taken;
        part.IsTaken = decision.Value.Refusal is null;
        return refusal;
    }

    private BudgetAccount StateOf(Account account, BudgetPolicy policy)
    {
        var own = account.Limits;
        return account.BudgetState is BudgetAccount state && ReferenceEquals(state.Policy, policy) && ReferenceEquals(state.Own, own)
            && state.Subject is not { IsEvicted: true }
            ? state
            : Attach(account, policy, own);
    }

    private BudgetAccount Attach(Account account, BudgetPolicy policy, LimitSet? own)
    {
        var limits = policy.For(account.Subject, own);
        var state = limits.Any ? new BudgetAccount(policy, own, limits, policy.IsShadow(own), SubjectOf(account.Subject))
            : own is null ? policy.Unlimited
            : new BudgetAccount(policy, own, default, false, null);
        account.BudgetState = state;
        return state;
    }

    private SubjectBudget SubjectOf(string name)
    {
        while (true)
        {
            var subject = _subjects.GetOrAdd(name, static (key, around) => new SubjectBudget(key, around), _around);
            if (!subject.IsEvicted)
            {
                return subject;
            }

            _subjects.TryRemove(new KeyValuePair<string, SubjectBudget>(name, subject));
        }
    }
}
