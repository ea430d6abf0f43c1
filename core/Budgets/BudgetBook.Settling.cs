namespace ProxyCluster.Core.Budgets;

/// <content>Turns what gateways hold into what is used, as they tell it or fall silent.</content>
public sealed partial class BudgetBook
{
    private void Advance(long now, int day, BudgetLimits limits)
    {
        _now = Math.Max(_now, now);
        _minute.Advance(_now);
        _hour.Advance(_now);
        _days.Advance(day);
        for (var i = _holders.Count - 1; i >= 0; i--)
        {
            var holder = _holders[i];
            holder.HeardAt ??= _now;
            var silent = _now - holder.HeardAt.Value;
            if (holder.Tokens > 0 && silent >= (long)TimeToLive.TotalMilliseconds + PatienceMilliseconds)
            {
                // The latest moment at which it can have taken them.
                Use(holder.HeardAt.Value + (long)TimeToLive.TotalMilliseconds, holder.Tokens, limits);
                holder.Tokens = 0;
                holder.Granted = holder.Granted with { Tokens = 0 };
                holder.Tag = _now;
                IsChanged = true;
            }

            if (silent >= (holder.HoldsNothing ? EmptyHolderMilliseconds : LostHolderMilliseconds))
            {
                Forget(holder);
            }
        }
    }

    // Nobody will tell what became of the money: it counts as spent.
    private void Forget(BudgetHolder holder)
    {
        foreach (var (day, nanoDollars) in holder.NanoDollars)
        {
            _days.Add(day, nanoDollars);
        }

        _holders.Remove(holder);
        IsChanged = true;
    }

    private void Settle(BudgetHolder holder, BudgetCall call)
    {
        foreach (var settlement in call.Settled.IsDefault ? [] : call.Settled)
        {
            Settle(holder, settlement, call.Limits);
        }

        foreach (var returned in call.Returned.IsDefault ? [] : call.Returned)
        {
            if (returned.Tag >= holder.Tag)
            {
                holder.TakeTokens(returned.Amount.Tokens);
            }

            if (returned.Tag >= holder.Since)
            {
                holder.TakeMoney(returned.Day, returned.Amount.NanoDollars);
            }
        }
    }

    // What was reserved and is held no more has been counted as used before: only what goes beyond it is added.
    private void Settle(BudgetHolder holder, in Settlement settlement, BudgetLimits limits)
    {
        var reserved = settlement.Reserved;
        var tokens = settlement.Tag >= holder.Tag ? holder.TakeTokens(reserved.Tokens) : 0;
        Use(_now - Math.Max(0, settlement.AgeMilliseconds), settlement.Actual.Tokens - (reserved.Tokens - tokens), limits);
        var money = settlement.Tag >= holder.Since ? holder.TakeMoney(settlement.Day, reserved.NanoDollars) : 0;
        _days.Add(settlement.Day, settlement.Actual.NanoDollars - (reserved.NanoDollars - money));
    }

    // What is not limited is not kept: the stored state of a subject with a budget alone stays small.
    private void Use(long time, long tokens, BudgetLimits limits)
    {
        if (limits.TokensPerMinute > 0)
        {
            _minute.Add(time, tokens);
        }

        if (limits.TokensPerHour > 0)
        {
            _hour.Add(time, tokens);
        }
    }
}
