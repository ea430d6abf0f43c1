namespace ProxyCluster.Core.Routing;

/// <summary>One gateway's last poll.</summary>
/// <param name="Gateway">The gateway process.</param>
/// <param name="Name">Host and process id.</param>
/// <param name="Definitions">What it routed by.</param>
/// <param name="LastPoll">When.</param>
public readonly record struct GatewayPoll(Guid Gateway, string Name, SnapshotVersion Definitions, DateTimeOffset LastPoll);

/// <summary>Remembers which gateway polled when. Bounded; forgets a gateway after a minute. Not thread-safe.</summary>
public sealed class GatewayRegistry
{
    /// <summary>Gateways remembered at most; the one silent for longest makes room.</summary>
    public const int MaxGateways = 1024;

    /// <summary>
    /// How long a gateway counts as active after its last poll. The table hears of a poll by the next one of its silo's
    /// relay: two waits of 3 s, and the 5 s that a call to a dying silo may take, must not make a gateway look gone.
    /// </summary>
    public static readonly TimeSpan ActiveFor = TimeSpan.FromSeconds(15);

    /// <summary>How long a gateway is remembered after its last poll.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private readonly Dictionary<Guid, GatewayPoll> _gateways = [];

    /// <summary>Notes a poll. An older one than the last that was noted of this gateway changes nothing.</summary>
    /// <param name="poll">Who polled, when, and with what.</param>
    /// <param name="now">The time.</param>
    public void Note(in GatewayPoll poll, DateTimeOffset now)
    {
        Forget(now);
        if (_gateways.TryGetValue(poll.Gateway, out var last))
        {
            if (last.LastPoll > poll.LastPoll)
            {
                return;
            }
        }
        else if (_gateways.Count >= MaxGateways)
        {
            _gateways.Remove(_gateways.MinBy(g => g.Value.LastPoll).Key);
        }

        _gateways[poll.Gateway] = poll;
    }

    /// <summary>How many gateways are active.</summary>
    /// <param name="now">The time.</param>
    public int Active(DateTimeOffset now) => _gateways.Values.Count(g => now - g.LastPoll <= ActiveFor);

    /// <summary>Every gateway that polled lately, by name.</summary>
    /// <param name="now">The time.</param>
    public IReadOnlyList<GatewayPoll> Live(DateTimeOffset now)
    {
        Forget(now);
        return [.. _gateways.Values.OrderBy(g => g.Name, StringComparer.Ordinal)];
    }

    private void Forget(DateTimeOffset now)
    {
        foreach (var (gateway, poll) in _gateways)
        {
            if (now - poll.LastPoll > Memory)
            {
                _gateways.Remove(gateway);
            }
        }
    }
}
