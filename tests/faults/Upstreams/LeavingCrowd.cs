using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>Many <see cref="LeavingClient"/>s, and the calls that they cause at an upstream.</summary>
internal sealed partial class LeavingCrowd
{
    /// <summary>Of a provider that fails some clients before it says a word.</summary>
    public const string ShakyModel = "model-shaky";

    // Seldom enough that its circuit stays closed nearly all the time: who fails has failed before others are served.
    private const int FailsEvery = 8;

    private static readonly Behaviour Failing = new() { Status = 500 };

    private readonly LeavingClient[] _clients;
    private readonly ConcurrentQueue<(int Number, RecordedRequest Request)> _calls = new();

    /// <param name="upstream">Behaves as each client has it.</param>
    /// <param name="count">How many clients.</param>
    /// <param name="seed">Of their chances.</param>
    public LeavingCrowd(ScriptedUpstream upstream, int count, int seed)
    {
        var random = new Random(seed);
        _clients = [.. Enumerable.Range(0, count).Select(number => new LeavingClient(number, random))];
        upstream.Answering = request =>
        {
            if (Number().Match(request.Text) is not { Success: true } match)
            {
                return Behaviour.Default;
            }

            var number = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            _calls.Enqueue((number, request));
            var isFailing = number % FailsEvery == 0 && request.Json().GetProperty("model").GetString() == ShakyModel;
            return isFailing ? Failing : _clients[number].Behaviour;
        };
    }

    public IReadOnlyList<LeavingClient> Clients => _clients;

    /// <summary>How many calls came upstream, of those who were served by the second provider two.</summary>
    public int Calls => _calls.Count;

    /// <summary>How many clients caused a call.</summary>
    public int Callers => _calls.Select(call => call.Number).Distinct().Count();

    /// <summary>Runs all clients, on a fixed schedule, whether or not earlier ones have left.</summary>
    /// <param name="perSecond">How many come in a second.</param>
    /// <param name="run">Runs one.</param>
    /// <returns>How many there were at once, at most.</returns>
    public async Task<int> RunAsync(int perSecond, Func<LeavingClient, Task> run)
    {
        var running = new List<Task>();
        var most = 0;
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        for (var come = 0; come < _clients.Length;)
        {
            for (var due = (int)(clock.Elapsed.TotalSeconds * perSecond); come < due && come < _clients.Length; come++)
            {
                running.Add(run(_clients[come]));
            }

            running.RemoveAll(task => task.IsCompletedSuccessfully);
            most = Math.Max(most, running.Count);
            await timer.WaitForNextTickAsync();
        }

        await Task.WhenAll(running);
        return most;
    }

    /// <summary>For each call that was cancelled: the time from its client's leaving.</summary>
    /// <exception cref="TimeoutException">A call has not ended.</exception>
    public async Task<IReadOnlyList<TimeSpan>> CancelledAfterAsync(TimeSpan patience)
    {
        var times = new List<TimeSpan>();
        foreach (var (number, request) in _calls)
        {
            var end = await request.Ended.WaitAsync(patience);
            if (end.PeerLeft)
            {
                times.Add(Stopwatch.GetElapsedTime(_clients[number].LeftAt, end.Timestamp));
            }
        }

        times.Sort();
        return times;
    }

    [GeneratedRegex(@"client-(\d+)\.")]
    private static partial Regex Number();
}
