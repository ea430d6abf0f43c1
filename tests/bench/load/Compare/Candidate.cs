using System.Diagnostics;
using ProxyCluster.Bench.Load.Http;

namespace ProxyCluster.Bench.Load.Compare;

/// <summary>One of the proxies compared, running.</summary>
internal sealed class Candidate(string name, ChildProcess process, Uri url, string? key, TimeSpan startToFirstAnswer, Uri? ops) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollGap = TimeSpan.FromMilliseconds(5);

    public string Name => name;

    public ChildProcess Process => process;

    /// <summary>From the start of the process to the first good answer of a real request.</summary>
    public TimeSpan StartToFirstAnswer => startToFirstAnswer;

    /// <summary>Good answers since the process began.</summary>
    public long Answered { get; set; }

    /// <summary>Starts a candidate and waits for its first answer.</summary>
    /// <exception cref="InvalidOperationException">It did not answer within a minute.</exception>
    public static async Task<Candidate> StartAsync(string name, Func<ChildProcess> start, Uri url, string? key, RequestKind kind = RequestKind.Whole, Uri? ops = null)
    {
        var began = Stopwatch.GetTimestamp();
        var process = start();
        using var connection = new LoadTarget(url, kind, key).Connect();
        while (!connection.Run().Succeeded)
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > Patience)
            {
                var tail = process.LogTail;
                await process.DisposeAsync();
                throw new InvalidOperationException($"{name} does not answer: {connection.LastFailure}\n{tail}");
            }

            await Task.Delay(PollGap, TimeProvider.System);
        }

        return new Candidate(name, process, url, key, Stopwatch.GetElapsedTime(began), ops);
    }

    /// <summary>What its garbage collector has told so far; <see langword="null"/>: it does not tell.</summary>
    public GcFigures? Gc => ops is null ? null : GcFigures.Read(new Uri(ops, "/metrics"));

    public LoadTarget Target(RequestKind kind) => new(url, kind, key);

    public ValueTask DisposeAsync() => process.DisposeAsync();
}
