using CsCheck;
using ProxyCluster.Core.Resilience;

namespace ProxyCluster.Tests.Unit.Resilience;

/// <summary>Gateways that use their slots as they may, over a network that delays, repeats and loses calls and answers, and that die.</summary>
public sealed class SlotBookPropertyTests
{
    private static readonly Gen<(int Seed, int Gateways, int Capacity)> Schedules = Gen.Select(Gen.Int, Gen.Int[1, 5], Gen.OneOf(Gen.Int[1, 8], Gen.Int[20, 100]));

    [Fact]
    public void AnySchedule_NeverHasMoreInUseThanThereAreSlots() => Schedules.Sample(
        schedule =>
        {
            var network = new Network(schedule.Seed, schedule.Gateways, schedule.Capacity);
            network.Run();

            Assert.InRange(network.MostInUse, 0, schedule.Capacity);
        },
        iter: 300,
        threads: 1);

    [Fact]
    public void Schedules_DoUseTheSlots()
    {
        var network = new Network(seed: 11, gateways: 3, capacity: 20);
        network.Run();

        Assert.InRange(network.MostInUse, 15, 20);
        Assert.True(network.Deaths > 0, "No gateway died: the schedule shows nothing.");
    }

    private sealed class Network(int seed, int gateways, int capacity)
    {
        private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

        private readonly Random _random = new(seed);
        private readonly SlotBook _book = new(default);
        private readonly List<(DateTimeOffset At, Action Deliver)> _wires = [];
        private readonly Gateway[] _gateways = [.. Enumerable.Range(0, gateways).Select(_ => new Gateway())];
        private DateTimeOffset _now;

        public int MostInUse { get; private set; }

        public int Deaths { get; private set; }

        public void Run()
        {
            for (var step = 0; step < 2_000; step++)
            {
                _now += Step;
                foreach (var wire in _wires.Where(wire => wire.At <= _now).ToList())
                {
                    _wires.Remove(wire);
                    wire.Deliver();
                }

                for (var i = 0; i < _gateways.Length; i++)
                {
                    Act(i);
                }

                MostInUse = Math.Max(MostInUse, _gateways.Sum(gateway => gateway.InUse));
            }
        }

        private void Act(int index)
        {
            var gateway = _gateways[index];
            if (_now >= gateway.EndsAt && (gateway.InUse > 0 || gateway.Limit > 0))
            {
                // A lease that ran out with requests under way: as if its process had died, and another had come.
                gateway.Limit = 0;
                _gateways[index] = new Gateway();
                Deaths++;
                return;
            }

            for (var i = _random.Next(4); i > 0 && gateway.InUse < gateway.Limit; i--)
            {
                gateway.InUse++;
            }

            gateway.InUse = Math.Max(0, gateway.InUse - _random.Next(4));
            if (_random.Next(10) == 0)
            {
                Ask(gateway);
            }

            if (_random.Next(1_000) == 0)
            {
                _gateways[index] = new Gateway();
                Deaths++;
            }
        }

        private void Ask(Gateway gateway)
        {
            var wanted = _random.Next(capacity + 5);
            gateway.Limit = Math.Min(gateway.Limit, Math.Max(wanted, gateway.InUse));
            var request = new SlotRequest(gateway.Id, ++gateway.Sequence, Math.Max(gateway.Limit, gateway.InUse), wanted, gateways);
            var sentAt = _now;
            var copies = _random.Next(10) switch { 0 => 0, 1 => 2, _ => 1 };
            for (var i = 0; i < copies; i++)
            {
                _wires.Add((_now + Delay(), () => Arrive(gateway, request, sentAt)));
            }
        }

        private void Arrive(Gateway gateway, SlotRequest request, DateTimeOffset sentAt)
        {
            var grant = _book.Renew(request, capacity, _now);
            if (_random.Next(10) > 0)
            {
                _wires.Add((_now + Delay(), () => Hear(gateway, request.Sequence, grant, sentAt)));
            }
        }

        private static void Hear(Gateway gateway, long sequence, SlotGrant grant, DateTimeOffset sentAt)
        {
            // A late answer, to a call that was given up, is not heard.
            if (sequence == gateway.Sequence)
            {
                gateway.Limit = grant.Slots;
                gateway.EndsAt = sentAt + grant.TimeToLive;
            }
        }

        private TimeSpan Delay() => TimeSpan.FromMilliseconds(_random.Next(20) == 0 ? _random.Next(3_000) : _random.Next(100));
    }

    private sealed class Gateway
    {
        public Guid Id { get; } = Guid.NewGuid();

        public long Sequence { get; set; }

        public int Limit { get; set; }

        public int InUse { get; set; }

        public DateTimeOffset EndsAt { get; set; } = DateTimeOffset.MaxValue;
    }
}
