using System.Diagnostics;
using System.Globalization;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>A client of one stream that leaves when chance has it, or stays to the end.</summary>
internal sealed class LeavingClient
{
    private const int Words = 20;
    private const int MostMillisecondsBetween = 60;

    private static readonly int Departures = Enum.GetValues<Departure>().Length;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string Text = string.Join(' ', Enumerable.Range(0, Words).Select(word => $"word-{word:00}"));

    private readonly string _awaited;
    private readonly TimeSpan _stay;
    private readonly bool _isAbrupt;

    public LeavingClient(int number, Random random)
    {
        Number = number;
        Departure = (Departure)random.Next(Departures);
        _isAbrupt = random.Next(2) == 0;
        _stay = TimeSpan.FromMilliseconds(random.Next(40));
        _awaited = Departure switch
        {
            Departure.InTheFirstEvent => "data: ",
            Departure.Midway => string.Create(CultureInfo.InvariantCulture, $"word-{random.Next(1, Words - 1):00}"),
            _ => "[DONE]",
        };
        var isSilent = Departure == Departure.BeforeHeaders && random.Next(2) == 0;
        Behaviour = isSilent ? Behaviour.BlackHole : new Behaviour
        {
            Text = Text,
            DelayBeforeHeaders = TimeSpan.FromMilliseconds(10 * random.Next(5)),
            DelayBetweenEvents = TimeSpan.FromMilliseconds(random.Next(MostMillisecondsBetween)),
        };
    }

    public int Number { get; }

    public Departure Departure { get; }

    /// <summary>What its upstream does.</summary>
    public Behaviour Behaviour { get; }

    /// <summary><see cref="Stopwatch.GetTimestamp"/> when it left; 0: it is there.</summary>
    public long LeftAt { get; private set; }

    /// <summary>What it saw that it should not have; <see langword="null"/>: nothing.</summary>
    public string? Fault { get; private set; }

    /// <summary>Asks, listens, leaves.</summary>
    /// <param name="gateway">A data listener.</param>
    /// <param name="key">An API key.</param>
    /// <param name="model">What it asks for.</param>
    public async Task RunAsync(Uri gateway, string key, string model)
    {
        using var connection = await RawHttp.ConnectAsync(gateway);
        var body = $$"""{"model":"{{model}}","stream":true,"messages":[{"role":"user","content":"client-{{Number}}."}]}""";
        await connection.SendAsync(
            $"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}");
        try
        {
            await ListenAsync(connection);
        }
        catch (Exception fault) when (fault is EndOfStreamException or OperationCanceledException)
        {
            Fault = $"client {Number}, {Departure}: {fault.Message}";
        }

        LeftAt = Stopwatch.GetTimestamp();
        if (_isAbrupt && Departure != Departure.Never)
        {
            connection.Abort();
        }
    }

    private async Task ListenAsync(RawHttp connection)
    {
        if (Departure == Departure.BeforeHeaders)
        {
            await Task.Delay(_stay, TimeProvider.System);
            return;
        }

        await connection.WaitForAsync(_awaited, Patience);
        if (Departure == Departure.Never && await connection.ReadResponseAsync(Patience) is not { Status: 200, IsComplete: true })
        {
            Fault = $"client {Number} stayed, and its stream had no end.";
        }
    }
}
