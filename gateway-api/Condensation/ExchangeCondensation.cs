using System.Collections.Immutable;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>What a request's conversation was found to need. Attempts that run at the same time share it.</summary>
/// <param name="wish">What the client asks for; <see langword="null"/>: nothing.</param>
internal sealed class ExchangeCondensation(CondenseWish? wish)
{
    private ImmutableList<Finding> _findings = [];

    /// <summary>What the client asks for.</summary>
    public CondenseWish? Wish => wish;

    /// <summary>What was found for a room; <see langword="null"/>: nothing yet.</summary>
    public ContextFit? Found(in ContextRoom room, string target)
    {
        foreach (var finding in Volatile.Read(ref _findings))
        {
            if (finding.Target == target && finding.Room == room)
            {
                return finding.Fit;
            }
        }

        return null;
    }

    /// <summary>Remembers what was found: whoever waits for a provider's slot, or is asked again, need not condense while it holds one.</summary>
    public void Remember(in ContextRoom room, string target, ContextFit fit)
    {
        var finding = new Finding(room, target, fit);
        ImmutableInterlocked.Update(ref _findings, static (findings, one) => findings.Add(one), finding);
    }

    /// <summary>Lets go of all of it.</summary>
    public void Forget() => Volatile.Write(ref _findings, []);

    private sealed record Finding(ContextRoom Room, string Target, ContextFit Fit);
}
