namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Keeps the thoughts of a turn that still runs with its calls of tools: a provider refuses a call of such a turn whose
/// thoughts are gone. Thoughts of turns that are over may go.
/// </summary>
/// <remarks>A turn runs from what a user wrote last alone: words beside the results of tools do not end it.</remarks>
internal static class RunningThoughts
{
    /// <summary>For each unit the one before it whose thoughts led to its calls; -1: none did, or they stand in itself.</summary>
    /// <param name="units">The conversation, or its beginning.</param>
    public static int[] Of(ReadOnlySpan<Unit> units)
    {
        var led = new int[units.Length];
        Array.Fill(led, -1);
        var thoughts = -1;
        for (var unit = FirstOf(units); unit < units.Length; unit++)
        {
            thoughts = units[unit].HasThoughts ? unit : thoughts;
            led[unit] = units[unit].HasCalls && thoughts != unit ? thoughts : -1;
        }

        return led;
    }

    /// <summary>Pins the thoughts of calls that are pinned, and of a turn that goes on the last ones.</summary>
    /// <param name="units">The conversation, or its beginning; all else that must stay is pinned.</param>
    /// <param name="goesOn">Whether the last turn does.</param>
    public static void Pin(Span<Unit> units, bool goesOn)
    {
        var led = Of(units);
        var last = -1;
        for (var unit = FirstOf(units); unit < units.Length; unit++)
        {
            last = units[unit].HasThoughts ? unit : last;
            if (units[unit].IsPinned && led[unit] is >= 0 and var thoughts)
            {
                units[thoughts] = units[thoughts] with { IsPinned = true };
            }
        }

        if (goesOn && last >= 0)
        {
            units[last] = units[last] with { IsPinned = true };
        }
    }

    private static int FirstOf(ReadOnlySpan<Unit> units)
    {
        var first = units.Length;
        while (first > 0 && !units[first - 1].IsUserAlone)
        {
            first--;
        }

        return first;
    }
}
