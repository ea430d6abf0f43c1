namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Where the condensed head of a growing conversation ends. Cuts lie at fixed amounts of tokens from the conversation's
/// beginning, and the first one is taken with which the rest fits: so a cut stays until the rest has grown by a step, and
/// everybody who sees the conversation finds the same one without remembering anything.
/// </summary>
/// <param name="Step">Which cut it is, counted from 1; 0: everything fits, nothing is cut.</param>
/// <param name="Unit">The first unit that stays as it is.</param>
/// <param name="HeadBudget">Tokens for all before it, what must stay of it included.</param>
/// <param name="TailTokens">Tokens of all from it on.</param>
/// <param name="LeadingTokens">Tokens of the instructions that the conversation begins with.</param>
internal readonly record struct RollingCut(int Step, int Unit, int HeadBudget, int TailTokens, int LeadingTokens)
{
    /// <summary>Tokens of the whole at most.</summary>
    public int Tokens => HeadBudget + TailTokens;

    /// <summary>Finds the cut.</summary>
    /// <param name="units">The conversation.</param>
    /// <param name="fixedTokens">What every result takes.</param>
    /// <param name="thoughtMarks">What marks take beside thoughts that must stay.</param>
    /// <param name="budget">Tokens of the result.</param>
    /// <param name="options">Shares of head and step.</param>
    /// <returns><see langword="null"/> where no cut makes it fit.</returns>
    public static RollingCut? Find(ReadOnlySpan<Unit> units, int fixedTokens, int thoughtMarks, int budget, RollingOptions options)
    {
        var (leading, leadingTokens) = Leading(units);
        var tail = TokensOf(units[leading..]);
        if (fixedTokens + leadingTokens + tail <= budget)
        {
            return new RollingCut(0, leading, fixedTokens + leadingTokens, tail, leadingTokens);
        }

        var free = budget - fixedTokens - leadingTokens;
        var share = (int)(free * options.HeadShare);
        var head = fixedTokens + leadingTokens + share;
        var stepTokens = Math.Max(1, (int)(free * options.StepShare));
        var (step, passed, pinned) = (0, 0, new PinnedTokens(thoughtMarks));
        var last = LastSpeaking(units);
        for (var unit = leading; unit < last; unit++)
        {
            var tokens = units[unit].Tokens;
            passed += tokens;
            tail -= tokens;
            pinned.See(units[unit]);

            // Counted from where the head has room for all of it: the first step frees as much as any other.
            var reached = (passed - share) / stepTokens;
            if (reached <= step)
            {
                continue;
            }

            step = reached;
            var headBudget = head + pinned.Sum;
            if (headBudget + tail <= budget)
            {
                return new RollingCut(step, unit + 1, headBudget, tail, leadingTokens);
            }
        }

        return null;
    }

    /// <summary>What units take.</summary>
    public static int TokensOf(ReadOnlySpan<Unit> units)
    {
        var sum = 0;
        foreach (var unit in units)
        {
            sum += unit.Tokens;
        }

        return sum;
    }

    // It stays, and what follows it.
    private static int LastSpeaking(ReadOnlySpan<Unit> units)
    {
        var last = units.Length - 1;
        while (last > 0 && units[last].IsSystem)
        {
            last--;
        }

        return last;
    }

    private static (int Units, int Tokens) Leading(ReadOnlySpan<Unit> units)
    {
        var (count, tokens) = (0, 0);
        while (count < units.Length && units[count].IsSystem)
        {
            tokens += units[count++].Tokens;
        }

        return (count, tokens);
    }
}
