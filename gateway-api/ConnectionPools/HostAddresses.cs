using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ProxyCluster.GatewayApi.ConnectionPools;

/// <summary>
/// The addresses of the names that one pool connects to: its host, a proxy before it, another host of the same provider.
/// An answer holds for a while; where the next cannot be had, the last stays in force.
/// </summary>
internal sealed class HostAddresses(IHostResolver resolver, TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, Answer> _answers = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<(string Host, IPAddress Address), bool> _used = [];
    private long _refreshes;
    private int _turn;

    /// <summary>How long an answer holds.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Answers that came so far.</summary>
    public long Refreshes => Interlocked.Read(ref _refreshes);

    /// <summary>Whether connections go to an address that its name no longer leads to.</summary>
    public bool HaveMoved => _used.Keys.Any(used => _answers.TryGetValue(used.Host, out var answer) && !answer.Addresses.Contains(used.Address));

    /// <summary>The addresses of a host, first the one whose turn it is.</summary>
    /// <param name="host">Name or address.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="SocketException">The name leads nowhere.</exception>
    public async ValueTask<IPAddress[]> FindAsync(string host, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        if (!_answers.TryGetValue(host, out var answer) || clock.GetElapsedTime(answer.At) >= Lifetime)
        {
            answer = await AskAsync(host, answer, cancellationToken);
        }

        return InTurn(answer.Addresses);
    }

    /// <summary>Notes that a connection was made.</summary>
    public void Use(string host, IPAddress address) => _used.TryAdd((host, address), true);

    /// <summary>Has a name looked up again for the next connection: none of its addresses answered.</summary>
    public void Doubt(string host)
    {
        if (_answers.TryGetValue(host, out var answer))
        {
            _answers.TryUpdate(host, answer with { At = clock.GetTimestamp() - ((long)Lifetime.TotalSeconds * clock.TimestampFrequency) }, answer);
        }
    }

    /// <summary>Looks up again the names whose answers no longer hold.</summary>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        foreach (var (host, answer) in _answers)
        {
            if (clock.GetElapsedTime(answer.At) >= Lifetime)
            {
                await AskAsync(host, answer, cancellationToken);
            }
        }
    }

    /// <summary>Forgets which addresses were connected to: new connections replace the old.</summary>
    public void BeginAnew() => _used.Clear();

    private async Task<Answer> AskAsync(string host, Answer? last, CancellationToken cancellationToken)
    {
        IPAddress[] addresses;
        try
        {
            addresses = await resolver.ResolveAsync(host, cancellationToken);
        }
        catch (SocketException) when (last is not null)
        {
            return last;
        }

        Interlocked.Increment(ref _refreshes);
        var answer = new Answer(addresses, clock.GetTimestamp());
        _answers[host] = answer;
        return answer;
    }

    // The system puts the kind of address first that can be reached; within it all take their share.
    private IPAddress[] InTurn(IPAddress[] addresses)
    {
        var same = addresses.TakeWhile(address => address.AddressFamily == addresses[0].AddressFamily).Count();
        if (same < 2)
        {
            return addresses;
        }

        var first = (int)((uint)Interlocked.Increment(ref _turn) % (uint)same);
        return [.. addresses[first..same], .. addresses[..first], .. addresses[same..]];
    }

    private sealed record Answer(IPAddress[] Addresses, long At);
}
