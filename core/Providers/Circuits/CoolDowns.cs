namespace ProxyCluster.Core.Providers.Circuits;

/// <summary>
/// Which of one provider's models rest, and until when. A rest is as long as the provider asks, else it grows from one to
/// the next; it says nothing about the provider's other models. Not thread-safe.
/// </summary>
public sealed class CoolDowns
{
    private const int MostDoublings = 20; // beyond it any time is at its limit

    private readonly Dictionary<string, Rest> _rests = new(StringComparer.Ordinal);

    /// <summary>Whether no model rests or has lately.</summary>
    public bool IsEmpty => _rests.Count == 0;

    /// <summary>Takes in how a call ended.</summary>
    /// <param name="model">The provider's entry.</param>
    /// <param name="call">How.</param>
    /// <param name="advised">How long the provider asks to be left alone; <see langword="null"/>: it does not say.</param>
    /// <param name="settings">How long rests are.</param>
    /// <returns>Whether a rest has begun or become longer.</returns>
    public bool Note(string model, in ObservedCall call, TimeSpan? advised, CoolDownSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!call.Outcome.AsksForRest())
        {
            // The next rest is a first one again, once a call that began within or after the last has succeeded.
            if (call.Outcome == AttemptOutcome.Succeeded && _rests.TryGetValue(model, out var over) && call.BegunAt >= over.SetAt)
            {
                _rests[model] = over with { Strikes = 0 };
            }

            return false;
        }

        _rests.TryGetValue(model, out var rest);
        if (advised is { } time)
        {
            return Extend(model, rest, call.EndedAt, call.EndedAt + Shorter(time, settings.LongestAdvised));
        }

        // Calls that were under way together are one occasion, however many of them come back.
        if (rest.SetAt != default && call.BegunAt < rest.SetAt)
        {
            return false;
        }

        var length = TimeSpan.FromSeconds(Math.Min(
            settings.First.TotalSeconds * Math.Pow(2, Math.Min(rest.Strikes, MostDoublings)), settings.Longest.TotalSeconds));
        return Extend(model, rest with { Strikes = rest.Strikes + 1 }, call.EndedAt, call.EndedAt + length);
    }

    /// <summary>Until when a model rests; <see langword="null"/>: it does not.</summary>
    /// <param name="model">The provider's entry.</param>
    /// <param name="now">The time.</param>
    public DateTimeOffset? Until(string model, DateTimeOffset now) =>
        _rests.TryGetValue(model, out var rest) && rest.Until > now ? rest.Until : null;

    /// <summary>Forgets the rests of models that are no longer defined, and those that are long over.</summary>
    /// <param name="isDefined">Tells of an entry.</param>
    /// <param name="now">The time.</param>
    /// <param name="settings">A rest that could not grow any more is forgotten after its longest time.</param>
    public void Retain(Func<string, bool> isDefined, DateTimeOffset now, CoolDownSettings settings)
    {
        ArgumentNullException.ThrowIfNull(isDefined);
        ArgumentNullException.ThrowIfNull(settings);
        foreach (var (model, rest) in _rests)
        {
            if (!isDefined(model) || rest.Until + settings.Longest < now)
            {
                _rests.Remove(model);
            }
        }
    }

    private bool Extend(string model, in Rest rest, DateTimeOffset setAt, DateTimeOffset until)
    {
        var isLonger = until > rest.Until;
        _rests[model] = rest with { SetAt = isLonger ? setAt : rest.SetAt, Until = isLonger ? until : rest.Until };
        return isLonger;
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private readonly record struct Rest(DateTimeOffset SetAt, DateTimeOffset Until, int Strikes);
}
