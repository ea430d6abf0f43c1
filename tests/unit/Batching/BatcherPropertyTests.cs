using CsCheck;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Batching;

namespace ProxyCluster.Tests.Unit.Batching;

/// <summary>Requests that come, wait and leave at random; calls that take their time, fail or answer too little.</summary>
public sealed class BatcherPropertyTests
{
    [Fact]
    public Task AnySchedule_KeepsEveryPromise() => Gen.Int.SampleAsync(
        async seed =>
        {
            var run = new Run(seed);
            await Task.Run(run.Go);
            await run.CheckAsync();
        },
        iter: 400,
        threads: 1);

    [Fact]
    public async Task Schedules_HaveOfEverything()
    {
        var runs = Enumerable.Range(1, 40).Select(static seed => new Run(seed)).ToArray();
        foreach (var run in runs)
        {
            await Task.Run(run.Go);
        }

        var calls = runs.SelectMany(static run => run.Calls.All).ToArray();
        Assert.Contains(calls, static call => call.Items.Count == 1);
        Assert.Contains(calls, static call => call.Items.Count >= 5);
        Assert.Contains(calls, static call => call.AllLeft.IsCancellationRequested);
        Assert.Contains(calls, static call => call.Waited == Run.Limits.MaxWait);
        Assert.Contains(runs, static run => run.LeftUnsent > 0);
        Assert.Contains(runs, static run => run.Missing > 0);
        Assert.Contains(runs, static run => run.Failed > 0);
    }

    private sealed class Run
    {
        public static readonly BatchLimits Limits = new(6, 12, 300, TimeSpan.FromMilliseconds(20), double.PositiveInfinity);

        private const int MostQueued = 15;
        private const int Steps = 300;

        private readonly Random _random;
        private readonly FakeTimeProvider _clock = new();
        private readonly Batcher<string, int, string> _batcher;
        private readonly List<Request> _requests = [];
        private readonly Dictionary<CallRecord.Call, (int Ends, int Outcome)> _running = [];
        private readonly Dictionary<CallRecord.Call, int> _outcomes = [];
        private readonly Dictionary<int, int> _sentAt = [];
        private int _now;
        private int _mostQueued;

        public Run(int seed)
        {
            _random = new Random(seed);
            _batcher = new(static _ => Limits, static () => MostQueued, SendAsync, _clock);
        }

        public CallRecord Calls { get; } = new();

        public int LeftUnsent => _requests.Count(request => request.LeftAt is not null && !_sentAt.ContainsKey(request.Item));

        public int Missing => _outcomes.Values.Count(static outcome => outcome > 0);

        public int Failed => _outcomes.Values.Count(static outcome => outcome < 0);

        public void Go()
        {
            var perStep = _random.Next(1, 8);
            for (_now = 0; _now < Steps; _now++)
            {
                for (var i = _random.Next(perStep); i > 0; i--)
                {
                    Arrive();
                }

                foreach (var request in _requests.Where(request => request.LeaveAt == _now && request.LeftAt is null))
                {
                    request.LeftAt = _now;
                    request.Leaving.Cancel();
                }

                EndCalls(due: _now);
                _mostQueued = Math.Max(_mostQueued, _batcher.Queued);
                _clock.Advance(TimeSpan.FromMilliseconds(1));
            }

            _batcher.Close();
            while (_running.Count > 0)
            {
                EndCalls(due: int.MaxValue);
            }
        }

        public async Task CheckAsync()
        {
            Assert.True(_mostQueued <= MostQueued, $"{_mostQueued} waited.");
            Assert.Equal(0, _batcher.Queued);
            foreach (var call in Calls.All)
            {
                var requests = call.Items.Select(item => _requests[item]).ToArray();
                Assert.All(requests, request => Assert.Equal(call.Key, request.Key));
                Assert.True(requests.Length <= Limits.MaxItems);
                Assert.True(requests.Length == 1 || requests.Sum(static request => request.Size.Pieces) <= Limits.MaxPieces);
                Assert.True(requests.Length == 1 || requests.Sum(static request => request.Size.Weight) <= Limits.MaxWeight);
                Assert.Equal(requests.All(static request => request.LeftAt is not null && !request.EndedBefore), call.AllLeft.IsCancellationRequested);
            }

            foreach (var key in _requests.GroupBy(static request => request.Key))
            {
                var sent = Calls.All.Where(call => call.Key == key.Key).SelectMany(static call => call.Items).ToArray();
                Assert.Equal(key.Select(static request => request.Item).Where(_sentAt.ContainsKey), sent);
            }

            foreach (var request in _requests)
            {
                await CheckAsync(request);
            }
        }

        private async Task CheckAsync(Request request)
        {
            var outcome = await OutcomeOfAsync(request.Result);
            if (!_sentAt.TryGetValue(request.Item, out var sentAt))
            {
                Assert.NotNull(request.LeftAt);
                Assert.Equal("left", outcome);
                return;
            }

            Assert.InRange(sentAt - request.CameAt, 0, Limits.MaxWait.TotalMilliseconds);
            Assert.True(request.LeftAt is null || request.LeftAt >= sentAt, "It was sent after it had left.");
            if (request.LeftAt is not null && !request.EndedBefore)
            {
                Assert.Equal("left", outcome);
                return;
            }

            var call = Calls.All.Single(call => call.Items.Contains(request.Item));
            var place = call.Items.ToList().IndexOf(request.Item);
            var expected = _outcomes[call] < 0 ? $"failed {call.Items[0]}"
                : place < call.Items.Count - _outcomes[call] ? $"{request.Item}"
                : "missing";
            Assert.Equal(expected, outcome);
        }

        private static async Task<string> OutcomeOfAsync(Task<string> result)
        {
            try
            {
                return await result;
            }
            catch (OperationCanceledException)
            {
                return "left";
            }
            catch (ResultMissingException)
            {
                return "missing";
            }
            catch (IOException failure)
            {
                return failure.Message;
            }
        }

        private void Arrive()
        {
            var request = new Request
            {
                Item = _requests.Count,
                Key = _random.Next(3) == 0 ? "a" : "b",
                Size = new ItemSize(_random.Next(1, 5), _random.Next(0, 120)),
                CameAt = _now,
                LeaveAt = _random.Next(4) == 0 ? _now + _random.Next(30) : -1,
            };
            _requests.Add(request);
            request.Result = _batcher.JoinAsync(request.Key, request.Item, request.Size, request.Leaving.Token);
        }

        private Task<IReadOnlyList<string>> SendAsync(string key, Batch<int> batch)
        {
            var result = Calls.SendAsync(key, batch);
            var call = Calls.All[^1];

            // Negative: it fails; positive: so many are missing.
            var outcome = _random.Next(6) switch { 0 => -1, 1 => _random.Next(1, batch.Items.Count + 1), _ => 0 };
            _running[call] = (_now + _random.Next(1, 60), outcome);
            _outcomes[call] = outcome;
            foreach (var item in batch.Items)
            {
                _sentAt[item] = _now;
            }

            return result;
        }

        private void EndCalls(int due)
        {
            foreach (var (call, (_, outcome)) in _running.Where(call => call.Value.Ends <= due).ToArray())
            {
                _running.Remove(call);
                foreach (var item in call.Items.Where(item => _requests[item].LeftAt is null))
                {
                    _requests[item].EndedBefore = true;
                }

                if (outcome < 0)
                {
                    call.Fail(new IOException($"failed {call.Items[0]}"));
                }
                else
                {
                    call.Answer(call.Items.Count - outcome);
                }
            }
        }

        private sealed class Request
        {
            public required int Item { get; init; }

            public required string Key { get; init; }

            public required ItemSize Size { get; init; }

            public required int CameAt { get; init; }

            public required int LeaveAt { get; init; }

            public CancellationTokenSource Leaving { get; } = new();

            public Task<string> Result { get; set; } = null!;

            public int? LeftAt { get; set; }

            /// <summary>Its call was over before it left.</summary>
            public bool EndedBefore { get; set; }
        }
    }
}
