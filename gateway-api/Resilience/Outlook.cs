using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>What a request's attempts so far leave to hope for. A value on its router's stack: nothing is allocated for it.</summary>
/// <param name="target">The model that is asked for.</param>
internal struct Outlook(string target)
{
    private AttemptResult _failure;
    private bool _goesOnWithAnotherKey;

    /// <summary>What the client is told if nothing more helps.</summary>
    public readonly AttemptResult Failure => HasFailed ? _failure : new(AttemptOutcome.Rejected, Refusals.NoHealthyProvider(target), false, default);

    /// <summary>Whether an attempt has failed.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Whether the next attempt follows on a failed one. With another key of the same provider it is not held to be one.</summary>
    public readonly bool IsRetry => HasFailed && !_goesOnWithAnotherKey;

    /// <summary>The first candidate that had no slot free; negative: none.</summary>
    public int Full { get; private set; } = -1;

    /// <summary>The candidate that can be asked again soonest; negative: none.</summary>
    public int Again { get; private set; } = -1;

    /// <summary>How long <see cref="Again"/> wants to be left alone; <see langword="null"/>: it did not say.</summary>
    public TimeSpan? Advised { get; private set; }

    /// <summary>How often a provider was asked again.</summary>
    public int Repeats { get; private set; }

    /// <summary>A candidate could not be asked now.</summary>
    public void NoteClosed(int index, Entry why)
    {
        if (why == Entry.Full && Full < 0)
        {
            Full = index;
        }
    }

    /// <summary>An attempt failed.</summary>
    /// <param name="way">Whom it was made with, and how.</param>
    /// <param name="result">How it ended.</param>
    /// <param name="wasSent">Whether the provider heard of it: else asking again changes nothing.</param>
    public void NoteFailure(Way way, in AttemptResult result, bool wasSent)
    {
        _failure = HasFailed ? Worse(_failure, result) : result;
        HasFailed = true;
        _goesOnWithAnotherKey = result.HasAnotherKey;
        Repeats += way.IsAgain ? 1 : 0;
        Full = Full == way.Index ? -1 : Full;
        if (!wasSent || !RepeatRule.CanHelp(result.Outcome, result.Advised))
        {
            Again = Again == way.Index ? -1 : Again;
        }
        else if (Again < 0 || Again == way.Index || (result.Advised ?? TimeSpan.Zero) < (Advised ?? TimeSpan.Zero))
        {
            (Again, Advised) = (way.Index, result.Advised);
        }
    }

    /// <summary>What is told: the last failure, but our own credentials last of all; and the shortest wait that anybody advised.</summary>
    public static AttemptResult Worse(in AttemptResult earlier, in AttemptResult later)
    {
        var told = later.Outcome == AttemptOutcome.CredentialsRefused ? earlier : later;
        var wait = Shorter(earlier.Refusal!.RetryAfter, later.Refusal!.RetryAfter);
        return wait == told.Refusal!.RetryAfter ? told : told with { Refusal = told.Refusal with { RetryAfter = wait } };
    }

    private static TimeSpan? Shorter(TimeSpan? one, TimeSpan? other) =>
        one is null || other is null ? one ?? other : one < other ? one : other;
}

/// <summary>Who is asked next, and whether it can be.</summary>
/// <param name="Index">The candidate.</param>
/// <param name="Entry">Whether it was entered.</param>
internal readonly record struct Way(int Index, Entry Entry)
{
    /// <summary>There is nobody.</summary>
    public static Way None { get; } = new(-1, Entry.Refused);

    /// <summary>Whether it has failed for this request before.</summary>
    public bool IsAgain { get; init; }
}

/// <summary>Whether a provider can be asked.</summary>
internal enum Entry
{
    /// <summary>Yes; it must be left again.</summary>
    Entered = 0,

    /// <summary>It has as many requests in flight as this gateway may send it.</summary>
    Full = 1,

    /// <summary>It fails, and has as many retries in flight as it may.</summary>
    Refused = 2,
}
