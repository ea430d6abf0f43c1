using CsCheck;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Tests.Unit.RateLimiting;

/// <summary>Gateways that use leases as they may, over a network that delays, repeats and loses calls and answers.</summary>
public sealed class LeaseBookPropertyTests
{
    private static readonly Gen<(int Seed, int Gateways, int Limit)> Schedules = Gen.Select(Gen.Int, Gen.Int[1, 4], Gen.OneOf(Gen.Int[1, 40], Gen.Int[100, 300], Gen.Int[1_100, 1_400]));

    [Fact]
    public void AnySchedule_InAnySixtySeconds_AdmitsNoMoreThanTheLimit() =>
        Schedules.Sample(
            schedule =>
            {
                var uses = new Network(schedule.Seed, schedule.Gateways, schedule.Limit).Run();

                Assert.Equal(0, MostOver(uses, schedule.Limit));
            },
            iter: 300,
            threads: 1);

    [Fact]
    public void Schedules_DoUseTheLimit()
    {
        var filled = Enumerable.Range(0, 20).Count(seed => MostOver(new Network(seed, gateways: 3, limit: 20).Run(), 19) > 0);

        Assert.True(filled > 0, "The schedule is too weak to show anything: it never fills a window.");
    }

    // How many windows of 60 s hold more than the limit.
    private static int MostOver(List<long> uses, int limit)
    {
        uses.Sort();
        var over = 0;
        for (var i = 0; i + limit < uses.Count; i++)
        {
            over += uses[i + limit] - uses[i] < 60_000 ? 1 : 0;
        }

        return over;
    }

    private sealed class Network(int seed, int gateways, int limit)
    {
        private readonly Random _random = new(seed);
        private readonly PriorityQueue<Action, (long At, int Order)> _events = new();
        private readonly List<long> _uses = [];
        private readonly List<Held>[] _held = [.. Enumerable.Range(0, gateways).Select(_ => new List<Held>())];
        private readonly Guid[] _ids = [.. Enumerable.Range(0, gateways).Select(_ => Guid.NewGuid())];
        private readonly LimitSettings _settings = new(limit, 0, Block: false);
        private LeaseBook _book = new();
        private long _now = 1_000_000;
        private long _clockIsBehind;
        private int _order;

        public List<long> Run()
        {
            for (var step = 0; step < 1_500; step++)
            {
                var until = _now + (_random.Next(20) == 0 ? _random.Next(5_000) : _random.Next(250));
                while (_events.TryPeek(out var action, out var due) && due.At <= until)
                {
                    _events.Dequeue();
                    _now = due.At;
                    action();
                }

                _now = until;
                Act(_random.Next(gateways));
            }

            return _uses;
        }

        private void Act(int gateway)
        {
            switch (_random.Next(40))
            {
                case 0:
                    _book = LeaseBook.Decode(_book.Encode());
                    break;
                case 1:
                    _clockIsBehind += _random.Next(500);
                    break;
                case < 15:
                    Call(gateway);
                    break;
                default:
                    Use(gateway);
                    break;
            }
        }

        private void Use(int gateway)
        {
            foreach (var lease in _held[gateway])
            {
                for (var i = _random.Next(1 + lease.Tokens); i > 0 && _now < lease.ExpiresAt && !lease.Closed && lease.Used.Count < lease.Tokens; i--)
                {
                    lease.Used.Add(_now);
                    _uses.Add(_now);
                }
            }
        }

        private void Call(int gateway)
        {
            var sentAt = _now;
            var told = new List<(Held Lease, int Used)>();
            var reports = new List<LeaseReport>();
            foreach (var lease in _held[gateway].Where(_ => _random.Next(3) > 0))
            {
                lease.Closed |= _random.Next(4) == 0 || lease.Used.Count == lease.Tokens || sentAt >= lease.ExpiresAt;
                int[] ages = [.. lease.Used.Skip(lease.Acknowledged).Select(at => (int)(sentAt - at))];
                reports.Add(_random.Next(2) == 0
                    ? new LeaseReport(lease.Id, [.. ages], lease.Closed, lease.Acknowledged)
                    : new LeaseReport(lease.Id, [], lease.Closed, lease.Acknowledged, UsedRuns.Join(ages, _settings.IsExact)));
                told.Add((lease, lease.Used.Count));
            }

            var request = new LeaseRequest(_ids[gateway], Guid.NewGuid(), _random.Next(1 + limit), [.. reports], 1);
            for (var copies = _random.Next(10) == 0 ? 2 : 1; copies > 0 && _random.Next(10) > 0; copies--)
            {
                After(_random.Next(300), () =>
                {
                    var grant = _book.Lease(request, _settings, _now - _clockIsBehind);
                    if (_random.Next(10) > 0)
                    {
                        After(_random.Next(300), () => Answer(gateway, grant, sentAt, told));
                    }
                });
            }
        }

        private void Answer(int gateway, LeaseGrant grant, long sentAt, List<(Held Lease, int Used)> told)
        {
            foreach (var (lease, used) in told)
            {
                lease.Acknowledged = Math.Max(lease.Acknowledged, used);
            }

            _held[gateway].RemoveAll(lease => lease.Closed && lease.Acknowledged == lease.Used.Count && _now > lease.ExpiresAt);
            if (grant.Tokens > 0 && _held[gateway].TrueForAll(lease => lease.Id != grant.Lease))
            {
                _held[gateway].Add(new Held(grant.Lease, grant.Tokens, sentAt + (long)grant.TimeToLive.TotalMilliseconds));
            }
        }

        private void After(int milliseconds, Action action) => _events.Enqueue(action, (_now + milliseconds, _order++));
    }

    private sealed record Held(Guid Id, int Tokens, long ExpiresAt)
    {
        public List<long> Used { get; } = [];

        public int Acknowledged { get; set; }

        public bool Closed { get; set; }
    }
}
