using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>
/// A provider over real sockets that speaks OpenAI's and Anthropic's HTTP and misbehaves on demand. It records each
/// request byte for byte and sees when its peer leaves.
/// </summary>
/// <remarks>
/// Behaviour is taken, in this order, from: <see cref="Answering"/>, <see cref="Next"/> (once), the header <c>x-script</c>, a first path segment
/// <c>~script</c> (so that a base URL can carry it), the part of the model's name after a <c>~</c>, <see cref="ForModel"/>,
/// <see cref="Behaviour"/>. Scripts are written as <see cref="BehaviourText"/> says.
/// </remarks>
public sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<long, Task> _connections = new();
    private readonly ConcurrentQueue<Behaviour> _next = new();
    private readonly ConcurrentDictionary<string, Behaviour> _byModel = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Behaviour> _parsed = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _malformed = new();
    private readonly ConcurrentQueue<string> _unfit = new();
    private readonly RequestLog _log;
    private readonly AnswerCache _answers = new();
    private long _connectionCount;
    private long _answered;
    private Task _accepting = Task.CompletedTask;

    private ScriptedUpstream(int keptRequests, TimeProvider clock)
    {
        _log = new RequestLog(keptRequests);
        Clock = clock;
    }

    /// <summary>
    /// Looks at each POST request that is kept, on every upstream of this process, and tells what a provider would not take
    /// of it; <see langword="null"/>: nothing. What it tells makes <see cref="DisposeAsync"/> throw.
    /// </summary>
    public static Func<RecordedRequest, string?>? Inspector { get; set; }

    /// <summary>Whether requests come here that no provider would take, so that <see cref="Inspector"/> does not look.</summary>
    public bool TakesAnything { get; set; }

    /// <summary>Where it listens, without a path: <c>http://127.0.0.1:12345</c>.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>What is done where nothing else says.</summary>
    public Behaviour Behaviour { get; set; } = Behaviour.Default;

    /// <summary>Of requests that are no POST: lists of models and checks of health.</summary>
    public Behaviour GetBehaviour { get; set; } = Behaviour.Default;

    /// <summary>Looks at each POST request and says what is done with it, before anything else does; <see langword="null"/>: nobody looks. Needs requests that are kept.</summary>
    public Func<RecordedRequest, Behaviour>? Answering { get; set; }

    /// <summary>POST requests in order of arrival, as many as are kept.</summary>
    public IReadOnlyList<RecordedRequest> Requests => _log.Posts();

    /// <summary>All requests, those of health checks too.</summary>
    public IReadOnlyList<RecordedRequest> AllRequests => _log.All();

    /// <summary>POST requests since the start.</summary>
    public long RequestCount => _log.PostCount;

    /// <summary>Answers to POST requests sent to their end, or to where the script cut them.</summary>
    public long AnsweredCount => Interlocked.Read(ref _answered);

    public long ConnectionCount => Interlocked.Read(ref _connectionCount);

    /// <summary>What arrived and was not HTTP.</summary>
    public IReadOnlyCollection<string> MalformedInput => _malformed;

    internal TimeProvider Clock { get; }

    internal CancellationToken Stopping => _stopping.Token;

    /// <param name="port">0: a free one below 32768.</param>
    /// <param name="keptRequests">How many requests are recorded at most; the oldest go first. 0: only counted.</param>
    /// <param name="clock">For the script's delays.</param>
    public static Task<ScriptedUpstream> StartAsync(int port = 0, int keptRequests = 10_000, TimeProvider? clock = null)
    {
        var upstream = new ScriptedUpstream(keptRequests, clock ?? TimeProvider.System);
        upstream._listener.Bind(new IPEndPoint(IPAddress.Loopback, port == 0 ? Processes.FreePorts.Next() : port));
        upstream._listener.Listen(1024);
        upstream.Url = new Uri($"http://127.0.0.1:{((IPEndPoint)upstream._listener.LocalEndPoint!).Port}");
        upstream._accepting = upstream.AcceptAsync();
        return Task.FromResult(upstream);
    }

    public static bool IsAnthropicPath(string path) => path.EndsWith("/messages", StringComparison.Ordinal) || IsCountPath(path);

    internal static bool IsCountPath(string path) => path.EndsWith("/messages/count_tokens", StringComparison.Ordinal);

    /// <summary>Behaves so for the next request that no earlier call took; several calls queue up.</summary>
    public void Next(params ReadOnlySpan<Behaviour> behaviours)
    {
        foreach (var behaviour in behaviours)
        {
            _next.Enqueue(behaviour);
        }
    }

    /// <summary>Behaves so for requests of this model.</summary>
    public void ForModel(string model, Behaviour behaviour) => _byModel[model] = behaviour;

    /// <summary>Back to correct answers, an empty queue and an empty record.</summary>
    public void Reset()
    {
        _next.Clear();
        _byModel.Clear();
        _malformed.Clear();
        _log.Clear();
        Behaviour = GetBehaviour = Behaviour.Default;
    }

    /// <summary>Waits for the next POST request that no earlier call has returned.</summary>
    public async Task<RecordedRequest> NextRequestAsync(TimeSpan? limit = null)
    {
        using var deadline = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(20), Clock);
        try
        {
            return await _log.Arrivals.ReadAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"No request arrived at {Url}; {RequestCount} had come before.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        await Task.WhenAll(_connections.Values);
        _stopping.Dispose();
        if (!_unfit.IsEmpty)
        {
            throw new InvalidOperationException("Requests came that no provider would take: " + string.Join("\n", _unfit));
        }
    }

    internal static bool IsAnthropic(ParsedRequest request) => IsAnthropicPath(request.Path) || request.Header("anthropic-version") is not null;

    internal (Behaviour Behaviour, RecordedRequest? Recorded) Arrived(ParsedRequest request, long connection)
    {
        if (request.Method == "POST" && Answering is { } answering && _log.Add(request, connection) is { } looked)
        {
            return (answering(looked), looked);
        }

        var behaviour = request.Method == "POST" || request.PathScript is not null ? Choose(request) : GetBehaviour;
        var recorded = _log.Add(request, connection);
        if (!TakesAnything && request.Method == "POST" && recorded is not null && Inspector?.Invoke(recorded) is { } fault)
        {
            _unfit.Enqueue(fault);
        }

        return (behaviour, recorded);
    }

    internal ScriptedAnswer AnswerTo(ParsedRequest request, Behaviour behaviour) => _answers.Get(request, behaviour);

    internal void AnswerSent(ParsedRequest request) => Interlocked.Add(ref _answered, request.Method == "POST" ? 1 : 0);

    internal ScriptedAnswer Counts() => ScriptedAnswer.Whole(Encoding.ASCII.GetBytes($$"""{"requests":{{RequestCount}},"answered":{{AnsweredCount}}}"""));

    internal void Malformed(string what) => _malformed.Enqueue(what);

    private Behaviour Choose(ParsedRequest request)
    {
        if (request.Method == "POST" && _next.TryDequeue(out var next))
        {
            return next;
        }

        if ((request.Header("x-script") ?? request.PathScript ?? ModelScript(request.Model)) is { } script)
        {
            return _parsed.GetOrAdd(script, BehaviourText.Parse);
        }

        return !_byModel.IsEmpty && _byModel.TryGetValue(request.Model, out var ofModel) ? ofModel : Behaviour;
    }

    private static string? ModelScript(string model)
    {
        var at = model.IndexOf('~', StringComparison.Ordinal);
        return at < 0 ? null : model[(at + 1)..];
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stopping.Token);
                socket.NoDelay = true;
                var number = Interlocked.Increment(ref _connectionCount);
                var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _connections[number] = ServeAsync(socket, number, started.Task);
                started.SetResult();
            }
        }
        catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private async Task ServeAsync(Socket socket, long number, Task registered)
    {
        await registered;
        using var connection = new UpstreamConnection(socket, number, this);
        await connection.RunAsync();
        _connections.TryRemove(number, out _);
    }
}
