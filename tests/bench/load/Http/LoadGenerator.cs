using System.Diagnostics;

namespace ProxyCluster.Bench.Load.Http;

/// <summary>
/// Sends load from blocking threads, one for each connection: cheaper than an event loop at these numbers, and it leaves
/// the thread pool out of the measurement.
/// </summary>
internal static class LoadGenerator
{
    private const int ThreadStackBytes = 256 * 1024;
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(20);

    /// <summary>Closed loop: each connection sends its next request when it has the answer to the last.</summary>
    public static LoadResult Closed(LoadTarget target, int connections, TimeSpan duration) =>
        Run(target, connections, duration, ratePerSecond: 0, requests: long.MaxValue);

    /// <summary>Closed loop, until a number of requests is reached.</summary>
    public static LoadResult Count(LoadTarget target, int connections, long requests) =>
        Run(target, connections, TimeSpan.FromMinutes(10), ratePerSecond: 0, requests);

    /// <summary>Open loop: requests go at fixed times, and their latency counts from those times.</summary>
    public static LoadResult Open(LoadTarget target, int connections, TimeSpan duration, double ratePerSecond) =>
        Run(target, connections, duration, ratePerSecond, requests: long.MaxValue);

    /// <summary>
    /// An open loop one way, and direct calls at the same time at a tenth of its rate: what the machine does to both, a
    /// busy moment or a virtual machine that stands still, is told apart from what the way adds.
    /// </summary>
    public static (LoadResult Direct, LoadResult Proxied) OpenBeside(
        LoadTarget direct, LoadTarget proxied, int connections, TimeSpan duration, double ratePerSecond)
    {
        const int Part = 10;
        var beside = Task.Factory.StartNew(
            () => Open(direct, Math.Max(1, connections / Part), duration, ratePerSecond / Part),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        var through = Open(proxied, connections, duration, ratePerSecond);
        return (beside.GetAwaiter().GetResult(), through);
    }

    /// <summary>
    /// Sends each request both ways, one right after the other, the first way changing places, at a low rate.
    /// </summary>
    /// <returns>How much longer the answer through <paramref name="proxied"/> took, pair by pair.</returns>
    public static (double[] Total, double[] FirstByte) Paired(LoadTarget direct, LoadTarget proxied, int pairs, TimeSpan gap)
    {
        using var a = direct.Connect();
        using var b = proxied.Connect();
        var totals = new double[pairs];
        var firsts = new double[pairs];
        var next = Stopwatch.GetTimestamp();
        for (var i = 0; i < pairs; i++)
        {
            next += Ticks(gap);
            PreciseSleep.Until(next);
            var (first, second) = i % 2 == 0 ? (a, b) : (b, a);
            var one = Timed(first);
            PreciseSleep.Until(Stopwatch.GetTimestamp() + Ticks(gap / 2));
            var two = Timed(second);
            var (direction, difference) = i % 2 == 0 ? (two, one) : (one, two);
            totals[i] = direction.Total - difference.Total;
            firsts[i] = direction.First - difference.First;
        }

        return (totals, firsts);

        static (double Total, double First) Timed(ClientConnection connection)
        {
            var start = Stopwatch.GetTimestamp();
            var exchange = connection.Run();
            if (!exchange.Succeeded)
            {
                throw new InvalidDataException($"A paired request failed: {connection.LastFailure}");
            }

            return (Milliseconds(exchange.EndedAt - start), Milliseconds(exchange.FirstByteAt - start));
        }
    }

    internal static double Milliseconds(long ticks) => ticks * 1000.0 / Stopwatch.Frequency;

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private static LoadResult Run(LoadTarget target, int connections, TimeSpan duration, double ratePerSecond, long requests)
    {
        var interval = ratePerSecond <= 0 ? 0 : (long)(Stopwatch.Frequency * connections / ratePerSecond);
        var start = 0L;
        var sent = 0L;
        var workers = new Worker[connections];
        var threads = new Thread[connections];

        // The clock starts when each connection has served a request: opening 64 at once is another measurement.
        using var ready = new Barrier(connections, _ => Volatile.Write(ref start, Stopwatch.GetTimestamp() + Ticks(Settling)));
        for (var i = 0; i < connections; i++)
        {
            var worker = workers[i] = new Worker();
            var offset = interval * i / connections;
            threads[i] = new Thread(
                () =>
                {
                    using var connection = target.Connect();
                    connection.Run();
                    ready.SignalAndWait();
                    var begin = Volatile.Read(ref start);
                    worker.Loop(connection, begin + offset, interval, begin + Ticks(duration), () => Interlocked.Increment(ref sent) <= requests);
                },
                ThreadStackBytes);
            threads[i].Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        return LoadResult.From(workers, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>One connection's loop and what it measured.</summary>
    internal sealed class Worker
    {
        public List<double> Latencies { get; } = new(64 * 1024);

        public List<double> FirstBytes { get; } = new(64 * 1024);

        public int Failures { get; private set; }

        public string? LastFailure { get; private set; }

        public void Loop(ClientConnection connection, long start, long interval, long end, Func<bool> more)
        {
            var scheduled = start;
            PreciseSleep.Until(start);
            while (scheduled < end && more())
            {
                var exchange = connection.Run();
                if (exchange.Succeeded)
                {
                    Latencies.Add(Milliseconds(exchange.EndedAt - scheduled));
                    FirstBytes.Add(Milliseconds(exchange.FirstByteAt - scheduled));
                }
                else
                {
                    Failures++;
                    LastFailure = connection.LastFailure;
                }

                scheduled = interval == 0 ? Stopwatch.GetTimestamp() : scheduled + interval;
                PreciseSleep.Until(scheduled);
            }
        }
    }
}

/// <summary>Where load goes, and what it asks for.</summary>
internal sealed record LoadTarget(Uri Url, RequestKind Kind, string? Key)
{
    public ClientConnection Connect() => new(Url, Kind, Key);
}

/// <summary>What one run measured. Times in milliseconds.</summary>
internal sealed record LoadResult(
    long Requests, long Failures, double Seconds, double P50, double P99, double FirstByteP50, double FirstByteP99, string? LastFailure)
{
    public double RequestsPerSecond => Requests / Seconds;

    public static LoadResult From(LoadGenerator.Worker[] workers, TimeSpan elapsed)
    {
        var latencies = workers.SelectMany(w => w.Latencies).ToArray();
        var firstBytes = workers.SelectMany(w => w.FirstBytes).ToArray();
        return new LoadResult(
            latencies.Length,
            workers.Sum(w => (long)w.Failures),
            elapsed.TotalSeconds,
            Statistics.Percentile(latencies, 0.5),
            Statistics.Percentile(latencies, 0.99),
            Statistics.Percentile(firstBytes, 0.5),
            Statistics.Percentile(firstBytes, 0.99),
            workers.Select(w => w.LastFailure).FirstOrDefault(f => f is not null));
    }
}

/// <summary>Order statistics.</summary>
internal static class Statistics
{
    public static double Percentile(double[] values, double share)
    {
        if (values.Length == 0)
        {
            return double.NaN;
        }

        Array.Sort(values);
        return values[Math.Clamp((int)Math.Ceiling(share * values.Length) - 1, 0, values.Length - 1)];
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length switch
        {
            0 => double.NaN,
            _ when sorted.Length % 2 == 1 => sorted[middle],
            _ => (sorted[middle - 1] + sorted[middle]) / 2,
        };
    }
}
