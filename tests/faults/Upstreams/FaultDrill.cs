using System.Diagnostics;
using ProxyCluster.Tests.Faults.Load;

namespace ProxyCluster.Tests.Faults.Upstreams;

/// <summary>Load on each pair of <see cref="SickProviders"/> while all are well, while the sick ones are ill, and until they serve again.</summary>
internal sealed class FaultDrill(
    SickProviders providers, IReadOnlyList<HttpClient> gateways, IReadOnlyList<UpstreamFault> faults, int requestsPerSecond = 10)
{
    /// <summary>So many answers of a healed provider prove that it is back.</summary>
    private const int AnswersWhenBack = 10;

    private static readonly TimeSpan WellBefore = TimeSpan.FromSeconds(2);

    private readonly Dictionary<UpstreamFault, OpenLoop> _loads = faults.ToDictionary(
        fault => fault, fault => new OpenLoop(gateways, requestsPerSecond, fault.Alias, streamEvery: fault.IsMidway ? 1 : 3));

    private long _hurtTimestamp;
    private DateTimeOffset _hurtAt;
    private DateTimeOffset _healedAt;

    /// <summary>Runs it all.</summary>
    /// <param name="ill">How long they are ill.</param>
    /// <param name="patience">How long they may take to serve again.</param>
    /// <param name="whileIll">What else happens meanwhile; <see langword="null"/>: nothing.</param>
    public async Task RunAsync(TimeSpan ill, TimeSpan patience, Func<Task>? whileIll = null)
    {
        var play = PlayAsync(ill, patience, whileIll);
        await Task.WhenAll(_loads.Values.Select(load => load.RunAsync(play)));
    }

    /// <summary>What came of one pair.</summary>
    public FaultOutcome OutcomeOf(UpstreamFault fault)
    {
        var sent = _loads[fault].Sent;
        var ill = sent.Where(request => request.At >= _hurtAt && request.At < _healedAt).ToArray();
        var calls = CallsWhileIll(fault, ill);
        var told = calls.Select(call => call.Ended).Order().Skip((fault.TellingFailures * fault.CallsAFailure) - 1).FirstOrDefault(TimeSpan.MaxValue);
        return new FaultOutcome
        {
            Sent = sent.Count,
            Failures = [.. sent.Where(request => request.Fault is not null)],
            SlowestWhileIll = ill.Max(request => request.Took),
            Calls = calls.Count,
            CallsAfterTold = calls.Count(call => call.Began > told),
            BackAfter = Answers(fault).Select(answer => (TimeSpan?)(answer.EndedAt - _healedAt)).ElementAtOrDefault(AnswersWhenBack - 1),
        };
    }

    private async Task PlayAsync(TimeSpan ill, TimeSpan patience, Func<Task>? whileIll)
    {
        await Task.Delay(WellBefore, TimeProvider.System);
        _hurtTimestamp = Stopwatch.GetTimestamp();
        _hurtAt = TimeProvider.System.GetUtcNow();
        await providers.HurtAsync();
        await Task.WhenAll(Task.Delay(ill, TimeProvider.System), whileIll?.Invoke() ?? Task.CompletedTask);
        _healedAt = TimeProvider.System.GetUtcNow();
        await providers.HealAsync();
        using var over = new CancellationTokenSource(patience);
        while (!over.IsCancellationRequested && faults.Any(fault => Answers(fault).Count() < AnswersWhenBack))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System);
        }
    }

    private IEnumerable<Sent> Answers(UpstreamFault fault) => _loads[fault].Sent
        .Where(sent => sent.At > _healedAt && sent.Fault is null && sent.Provider == fault.Sick)
        .OrderBy(sent => sent.EndedAt);

    private List<Call> CallsWhileIll(UpstreamFault fault, Sent[] ill)
    {
        // Where nobody hears the calls, they show in the second attempts that they cause.
        var calls = fault.Behaviour is null
            ? ill.Where(sent => sent.Attempts > 1).Select(sent => new Call(sent.At - _hurtAt, sent.EndedAt - _hurtAt))
            : providers.CallsOf(fault).Select(call => new Call(
                SinceHurt(call.ArrivedAt),
                call.Ended.IsCompletedSuccessfully ? SinceHurt(call.Ended.Result.Timestamp) : TimeSpan.MaxValue));
        return [.. calls.Where(call => call.Began > TimeSpan.Zero && call.Began < _healedAt - _hurtAt)];
    }

    private TimeSpan SinceHurt(long timestamp) => Stopwatch.GetElapsedTime(_hurtTimestamp, timestamp);

    private readonly record struct Call(TimeSpan Began, TimeSpan Ended);
}
