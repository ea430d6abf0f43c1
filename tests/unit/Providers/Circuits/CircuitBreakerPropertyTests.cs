using CsCheck;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Providers.Circuits;

namespace ProxyCluster.Tests.Unit.Providers.Circuits;

/// <summary>Random lives of a circuit: reports come late, twice and in any order, probes are lost, and activations die.</summary>
public sealed class CircuitBreakerPropertyTests
{
    private static readonly CircuitSettings Settings = new();

    private static readonly Gen<Event> AnyEvent = Gen.Select(
        Gen.Double[0, 8], Gen.Enum<AttemptOutcome>(), Gen.Double[0, 40], Gen.Double[0, 20], Gen.Int[0, 9], Gen.Double[0, 1],
        (passes, outcome, duration, age, kind, random) => new Event(passes, outcome, duration, age, kind, random));

    private static readonly Gen<Event[]> AnyLife = AnyEvent.Array[1, 120];

    [Fact]
    public void Life_Random_KeepsTheRules() => AnyLife.Sample(Live, iter: 3000);

    [Fact]
    public void Calls_WithinAClosedCircuit_OpenItByTheirEndsWhateverTheirOrder() => Gen.Select(
        Gen.Select(Gen.Int[0, 25], Gen.Bool).Array[1, 8], Gen.Int).Sample((calls, seed) =>
    {
        // Too few for the share: only the run decides, and with at most four failures nothing opens before all are told.
        var told = calls.Select((call, i) => (EndedAt: call.Item1 + (i / 100.0), Failed: call.Item2)).ToList();
        while (told.Count(call => call.Failed) > 4)
        {
            told.RemoveAt(told.FindIndex(call => call.Failed));
        }

        var ordered = Opens(told.OrderBy(call => call.EndedAt));
        var shuffled = Opens(told.OrderBy(call => HashCode.Combine(seed, call.EndedAt)));

        Assert.Equal(ordered, shuffled);
    });

    // How many more failures it takes to open the circuit.
    private static int Opens(IEnumerable<(double EndedAt, bool Failed)> calls)
    {
        var one = new CircuitCase(new CircuitSettings { MinimumCalls = 1000 }) { Now = 28 };
        foreach (var (endedAt, failed) in calls)
        {
            one.ReportOf(failed ? AttemptOutcome.ServerError : AttemptOutcome.Succeeded, endedAt - 0.1, endedAt);
        }

        var more = 0;
        while (one.State == CircuitState.Closed)
        {
            one.Report(AttemptOutcome.ServerError);
            more++;
        }

        return more;
    }

    private static void Live(Event[] events)
    {
        var now = CircuitCase.Start;
        var circuit = new CircuitBreaker(Settings);
        var permits = new List<(long Permit, DateTimeOffset Until)>();
        DateTimeOffset? openUntil = null;
        var countsFrom = DateTimeOffset.MinValue;

        foreach (var one in events)
        {
            now += TimeSpan.FromSeconds(one.Passes);
            var before = circuit.State(now);
            Assert.False(openUntil > now && before != CircuitState.Open, $"The circuit is {before} before its time is over.");

            if (one.Kind == 0)
            {
                var record = circuit.ToRecord();
                circuit = new CircuitBreaker(Settings, record);
                permits.Clear();
                Assert.Equal(before, circuit.State(now));
                continue;
            }

            if (one.Kind <= 2)
            {
                Probe(circuit, permits, now);
                continue;
            }

            var endedAt = now - TimeSpan.FromSeconds(one.Age);
            var call = new ObservedCall(one.Outcome, endedAt - TimeSpan.FromSeconds(one.Duration), endedAt, TakePermit(permits, one.Kind));
            for (var time = one.Kind == 9 ? 2 : 1; time > 0; time--)
            {
                var state = circuit.State(now);
                var changed = circuit.Record(call, now, one.Random);
                if (!changed)
                {
                    Assert.Equal(state, circuit.State(now));
                    continue;
                }

                Assert.True(call.BegunAt >= countsFrom, "A call from before the opening was over has changed the circuit.");
                (openUntil, countsFrom) = Changed(circuit, state, call.Outcome, now, openUntil, countsFrom);
                permits.Clear();
            }
        }
    }

    private static (DateTimeOffset? OpenUntil, DateTimeOffset CountsFrom) Changed(
        CircuitBreaker circuit, CircuitState before, AttemptOutcome outcome, DateTimeOffset now, DateTimeOffset? openUntil, DateTimeOffset countsFrom)
    {
        if (circuit.State(now) == CircuitState.Closed)
        {
            Assert.Equal((CircuitState.HalfOpen, AttemptOutcome.Succeeded), (before, outcome));
            Assert.Equal(Settings.SlowStartShare, circuit.Share(now));
            return (openUntil, countsFrom);
        }

        Assert.Equal(CircuitState.Open, circuit.State(now));
        Assert.True(outcome.IsCircuitFailure(), $"{outcome} has opened the circuit.");
        var time = circuit.NextProbe(now)!.Value - now;
        var whole = Math.Min(Settings.OpenTime.TotalSeconds * Math.Pow(2, circuit.Openings - 1), Settings.LongestOpenTime.TotalSeconds);
        Assert.InRange(time.TotalSeconds, (whole * (1 - Settings.Jitter)) - 0.001, Math.Min(whole * (1 + Settings.Jitter), Settings.LongestOpenTime.TotalSeconds) + 0.001);
        return (now + time, now + time);
    }

    private static void Probe(CircuitBreaker circuit, List<(long Permit, DateTimeOffset Until)> permits, DateTimeOffset now)
    {
        var answer = circuit.TryProbe(now);
        if (answer.Permit == 0)
        {
            return;
        }

        Assert.Equal(CircuitState.HalfOpen, circuit.State(now));
        Assert.DoesNotContain(permits, permit => permit.Until > now);
        permits.Add((answer.Permit, now + answer.Time));
    }

    // Reported permits leave the list: from then on another may be given.
    private static long TakePermit(List<(long Permit, DateTimeOffset Until)> permits, int kind)
    {
        if (kind < 7 || permits.Count == 0)
        {
            return 0;
        }

        var permit = permits[^1].Permit;
        permits.RemoveAt(permits.Count - 1);
        return permit;
    }

    private sealed record Event(double Passes, AttemptOutcome Outcome, double Duration, double Age, int Kind, double Random);
}
