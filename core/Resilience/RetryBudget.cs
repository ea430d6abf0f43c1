namespace ProxyCluster.Core.Resilience;

/// <summary>Keeps retries from burying a provider that fails already: RELIABILITY section 6.2, for one provider and one gateway.</summary>
/// <remarks>
/// <para>While most of what the provider was asked lately came to nothing, its retries in flight stay within a share of all that
/// this gateway has in flight there, and a small number is always allowed. A provider that answers is not held: a request that
/// failed elsewhere is no more to it than any other, and holding it back would turn one provider's failure into the client's.</para>
/// <para>Safe for many threads. Two outcomes that arrive at once may count as one; the judgement is a running average and bears it.</para>
/// </remarks>
public sealed class RetryBudget
{
    // An outcome counts for an eighth: six failures in a row make a provider one that fails, six answers make it well again.
    private const double Weight = 1.0 / 8;

    private double _failed;
    private int _retries;

    /// <summary>Whether most of what it was asked lately failed.</summary>
    public bool IsFailing => Volatile.Read(ref _failed) > 0.5;

    /// <summary>Retries in flight; at least 0.</summary>
    public int Retries => Volatile.Read(ref _retries);

    /// <summary>Takes in how an attempt ended, first ones and retries alike.</summary>
    /// <param name="failed">Whether the provider failed or refused for its own reasons.</param>
    public void Note(bool failed)
    {
        var before = Volatile.Read(ref _failed);
        Volatile.Write(ref _failed, before + (((failed ? 1 : 0) - before) * Weight));
    }

    /// <summary>Begins a retry, if there is room for it; each one that began is to be ended.</summary>
    /// <param name="inFlight">All that this gateway has in flight at the provider, retries included.</param>
    /// <param name="allowance">How many retries are allowed.</param>
    public bool TryBegin(int inFlight, in RetryAllowance allowance)
    {
        var retries = Interlocked.Increment(ref _retries);
        if (!IsFailing || retries <= allowance.Of(inFlight))
        {
            return true;
        }

        Interlocked.Decrement(ref _retries);
        return false;
    }

    /// <summary>Ends a retry.</summary>
    public void End() => Interlocked.Decrement(ref _retries);
}
