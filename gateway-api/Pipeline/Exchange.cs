using System.Diagnostics;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.GatewayApi.Condensation;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Embeddings;
using ProxyCluster.GatewayApi.Hooks;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Requests;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>One request on its way: what its stages found, and when each was done.</summary>
internal sealed class Exchange(HttpContext context, InferenceOperation operation, RequestScratch scratch, TimeProvider clock)
{
    private int[] _tried = [];
    private string? _target;
    private AttemptNote[] _adoptedAttempts = [];

    public HttpContext Context => context;

    public InferenceOperation Operation => operation;

    /// <summary>How the client speaks.</summary>
    public ClientDialect Dialect { get; } = ClientDialects.Of(operation);

    public RequestScratch Scratch => scratch;

    public TimeProvider Clock => clock;

    public required string RequestId { get; init; }

    /// <summary>Where this process stands.</summary>
    public required string Region { get; init; }

    /// <summary>Whether its answer tells limits in the headers of the IETF draft too.</summary>
    public bool TellsStandardLimits { get; init; }

    /// <summary>When the request arrived.</summary>
    public long Started { get; init; } = clock.GetTimestamp();

    /// <summary>When the client wants an answer at the latest; 0: it did not say.</summary>
    public long Deadline { get; set; }

    /// <summary>Who sends it, and from where.</summary>
    public CallerContext From { get; } = CallerContext.Of(context);

    public Caller? Caller
    {
        get => From.Caller;
        set => From.Caller = value;
    }

    public InferenceRequest? Request { get; set; }

    /// <summary>The request as the provider under way is asked, which may be another form than the client's.</summary>
    public RequestForm Form { get; set; }

    public LimitDecision Limits { get; set; }

    /// <summary>What it has taken of budgets; <see langword="null"/>: nothing is limited, or it has not come so far.</summary>
    public Reservation? Reservation { get; set; }

    /// <summary>Whether it is sent for callers that were joined: what they reserved and are charged is with each of them, not here.</summary>
    public bool IsJoined { get; init; }

    /// <summary>The word of the client's own that its spend is told apart by; <see langword="null"/>: none.</summary>
    public string? Tag { get; set; }

    /// <summary>The length of the stream that answers, counted here.</summary>
    public StreamedLength Streamed;

    /// <summary>What the request and its answer must pass; <see langword="null"/>: nothing.</summary>
    public RequestHooks? Hooks { get; set; }

    /// <summary>How its conversation may be condensed; <see langword="null"/>: not at all.</summary>
    public ExchangeCondensation? Condensing { get; set; }

    /// <summary>Its conversation as it is counted; <see langword="null"/>: nobody had to count it.</summary>
    public CountedConversation? Counted { get; set; }

    /// <summary>What was condensed of it for whoever was asked last; <see langword="null"/>: nothing.</summary>
    public CondensedFigures? Condensed { get; set; }

    /// <summary>The gateway routes by a snapshot that the cluster has not confirmed for a while.</summary>
    public bool IsStale { get; set; }

    public long AuthenticatedAt { get; set; }

    public long LimitedAt { get; set; }

    public long RoutedAt { get; set; }

    /// <summary>Time spent with providers, all attempts together.</summary>
    public TimeSpan Upstream { get; set; }

    /// <summary>Requests sent to providers.</summary>
    public int Attempts { get; set; }

    /// <summary>Who serves, or was asked last.</summary>
    public Candidate? Candidate { get; set; }

    /// <summary>The model that is to serve: the one that was asked for, or one that has taken over from it.</summary>
    public string Target => _target ?? Request!.Model;

    /// <summary>Why another model has taken over.</summary>
    public FallbackReason Fallback { get; private set; }

    /// <summary>How the client wants its provider chosen; <see langword="null"/>: it did not say.</summary>
    public IRoutingStrategy? WishedStrategy { get; set; }

    /// <summary>The region whose providers alone may serve; <see langword="null"/>: any.</summary>
    public string? WishedRegion { get; set; }

    /// <summary>How the provider was chosen; <see langword="null"/>: it was not.</summary>
    public string? Strategy { get; set; }

    /// <summary>Whether the provider was asked so that its score stays fresh, not for being the best.</summary>
    public bool Explores { get; set; }

    /// <summary>Attempts that are left to models that may take over.</summary>
    public int AttemptsKept { get; set; }

    /// <summary>The provider that keeps what the request goes on from: no other can serve it; <see langword="null"/>: any can.</summary>
    public string? KeptBy { get; set; }

    /// <summary>Under way: remembering who keeps the answer; <see langword="null"/>: nobody does. Never fails.</summary>
    public Task? Keeping { get; set; }

    /// <summary>Fields that were dropped; <see langword="null"/>: none.</summary>
    public string? Warnings { get; set; }

    public TokenUsage? Usage { get; set; }

    /// <summary>How it ended; <see langword="null"/>: not yet, or by a fault of the gateway's own.</summary>
    public AttemptOutcome? Outcome { get; set; }

    /// <summary>Of a whole answer: its length; else 0.</summary>
    public int AnswerBytes { get; set; }

    /// <summary>The span of the attempt that is under way; <see langword="null"/>: nobody listens.</summary>
    public Activity? AttemptSpan { get; set; }

    /// <summary>A request upstream may still be reading the client's body: its memory must not be used again.</summary>
    public bool IsBodyLent { get; set; }

    /// <summary>How many requests shared the call that answers, this one included; 0: it was this one's own.</summary>
    public int SharedBy { get; private set; }

    /// <summary>How long the request waited for others to go with.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>The code of the error that the client was told; <see langword="null"/>: none.</summary>
    public string? Error { get; set; }

    /// <summary>Attempts that were made for this request and others.</summary>
    public ReadOnlySpan<AttemptNote> AdoptedAttempts => _adoptedAttempts;

    /// <summary>When the first byte of the answer was written; 0: not yet.</summary>
    public long FirstByteAt { get; set; }

    /// <summary>The probe or the trial that the next attempt is to be; empty: it is neither.</summary>
    public ProbeClaim Claim { get; set; }

    /// <summary>Whether the first choice was a provider that nothing speaks against: then no other is asked against its circuit.</summary>
    public bool BeganWell { get; set; }

    /// <summary>Candidates that are not to be asked (again).</summary>
    public ReadOnlySpan<int> Tried => _tried;

    /// <summary>The priority that the client asks for; <see langword="null"/>: its key's own.</summary>
    public RequestPriority? WantedPriority { get; set; }

    /// <summary>How important it is.</summary>
    public RequestPriority Priority => WantedPriority ?? Caller?.Priority ?? RequestPriority.Normal;

    /// <summary>Whether this gateway has counted it in.</summary>
    public bool IsAdmitted { get; set; }

    /// <summary>Whether a provider's grain was asked for a slot: once for a request.</summary>
    public bool HasAskedGrain { get; set; }

    /// <summary>In a race with another provider's attempt for the same request; <see langword="null"/>: alone.</summary>
    public RaceSide? Side { get; set; }

    /// <summary>What a second attempt of a race has used, and its answer may still stand in; <see langword="null"/>: nothing.</summary>
    public RequestScratch? SecondScratch { get; set; }

    /// <summary>Ends when nobody waits for the attempt any more: the client left, or another attempt was faster.</summary>
    public CancellationToken Abandoned => Side?.Abandoned ?? context.RequestAborted;

    public bool ClientLeft => Abandoned.IsCancellationRequested;

    /// <summary>Whether the time that the client gave is over, or all but: timers run by a coarser clock and may end early.</summary>
    public bool DeadlinePassed => Deadline != 0 && clock.GetTimestamp() + (clock.TimestampFrequency / 100) >= Deadline;

    /// <summary>What is left of the client's own time.</summary>
    public TimeSpan Left => Deadline == 0 ? TimeSpan.MaxValue : clock.GetElapsedTime(clock.GetTimestamp(), Deadline);

    /// <summary>Lets another model take over: all of its candidates may be asked.</summary>
    public void GoOnWith(string model, FallbackReason reason)
    {
        _target = model;
        _tried = [];
        Fallback = reason;
    }

    /// <summary>Takes over what a call found that was made for this request and others.</summary>
    /// <param name="reply">What it brought this one.</param>
    /// <param name="joined">When this one began to wait for others.</param>
    public void Adopt(EmbeddingsReply reply, long joined)
    {
        var call = reply.Call;
        var first = reply.Earlier ?? call;
        Candidate = call.Candidate;
        Strategy = call.Strategy;
        Explores = call.Explores;
        Fallback = call.Fallback;
        _target = call._target;
        Attempts = call.Attempts + (reply.Earlier?.Attempts ?? 0);
        Upstream = call.Upstream + (reply.Earlier?.Upstream ?? TimeSpan.Zero);
        Warnings = call.Warnings;
        Usage = reply.Usage;
        _adoptedAttempts = reply.Earlier is { } earlier ? [.. earlier._adoptedAttempts, .. call._adoptedAttempts] : call._adoptedAttempts;
        SharedBy = reply.SharedBy;
        Waited = first.Started > joined ? clock.GetElapsedTime(joined, first.Started) : TimeSpan.Zero;
    }

    /// <summary>Keeps what was asked of providers beyond the life of the memory that it stands in: others adopt it.</summary>
    public void KeepAttempts() => _adoptedAttempts = [.. scratch.Attempts.All, .. SecondScratch is { } second ? second.Attempts.All : default];

    // Nearly every request is served by the first candidate: no array is made for it.
    public void MarkTried(int candidate) => _tried = [.. _tried, candidate];

    /// <summary>Cuts the client off, unless another attempt serves it.</summary>
    public void AbortUnlessBeaten()
    {
        if (Side is not { IsBeaten: true })
        {
            context.Abort();
        }
    }

    /// <summary>The same request for a second attempt, which runs at the same time.</summary>
    /// <param name="other">Memory of its own.</param>
    public Exchange Fork(RequestScratch other) => new(context, operation, other, clock)
    {
        RequestId = RequestId,
        Region = Region,
        TellsStandardLimits = TellsStandardLimits,
        Started = Started,
        Deadline = Deadline,
        Request = Request! with { },
        Limits = Limits,
        Reservation = Reservation,
        Tag = Tag,
        Condensing = Condensing,
        Counted = Counted,
        IsStale = IsStale,
        AuthenticatedAt = AuthenticatedAt,
        LimitedAt = LimitedAt,
        RoutedAt = RoutedAt,
        Attempts = Attempts,
        KeptBy = KeptBy,
        WantedPriority = WantedPriority,
        Strategy = Strategy,
        Fallback = Fallback,
        _target = _target,
    };

    /// <summary>Goes on with what a second attempt found, which was the faster one.</summary>
    public void TakeOver(Exchange second)
    {
        Candidate = second.Candidate;
        Explores = false;
        Form = second.Form;
        Condensed = second.Condensed;
        Warnings = second.Warnings;
        Usage = second.Usage;
        Streamed = second.Streamed;
        FirstByteAt = second.FirstByteAt;
        Upstream = second.Upstream > Upstream ? second.Upstream : Upstream;
    }
}
