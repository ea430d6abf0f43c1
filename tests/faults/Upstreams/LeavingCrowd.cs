using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>Many <see cref="LeavingClient"/>s, and the calls that they cause at an upstream.</summary>
internal sealed partial class LeavingCrowd
{
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
            return _clients[number].Behaviour;
        };
    }

    public IReadOnlyList<LeavingClient> Clients => _clients;

    /// <summary>What came upstream.</summary>
    public IReadOnlyCollection<RecordedRequest> Calls => [.. _calls.Select(call => call.Request)];

    /// <summary>Runs all clients, some at a time.</summary>
    /// <param name="atOnce">How many.</param>
    /// <param name="run">Runs one.</param>
    public Task RunAsync(int atOnce, Func<LeavingClient, Task> run) => Parallel.ForEachAsync(
        _clients, new ParallelOptions { MaxDegreeOfParallelism = atOnce }, (client, _) => new ValueTask(run(client)));

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
