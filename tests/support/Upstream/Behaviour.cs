namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>What the scripted upstream does with a request. The default answers at once and correctly.</summary>
/// <remarks>Events are counted from 1 and include those without content: a chat stream's first event is the role.</remarks>
public sealed record Behaviour
{
    public static readonly Behaviour Default = new();

    /// <summary>A proxy's error page with status 200.</summary>
    public static readonly Behaviour Html = new() { Body = "<!doctype html><html><body><h1>Welcome to nginx</h1></body></html>", ContentType = "text/html" };

    /// <summary>A JSON object that ends in the middle, with a content length that fits.</summary>
    public static readonly Behaviour HalfJson = new() { Body = """{"id":"chatcmpl-1","object":"chat.completion","choices":[{"index":0,"mess""" };

    /// <summary>Status 200 and no byte of a body.</summary>
    public static readonly Behaviour Empty = new() { Body = "" };

    /// <summary>Takes the connection and the request, and never answers.</summary>
    public static readonly Behaviour BlackHole = new() { Silent = true };

    public int Status { get; init; } = 200;

    /// <summary>The whole body instead of a real answer; <see langword="null"/>: a real one.</summary>
    public string? Body { get; init; }

    /// <summary>Like <see cref="Body"/>, where that is no text.</summary>
    public byte[]? BodyBytes { get; init; }

    public string? ContentType { get; init; }

    /// <summary>The value of <c>retry-after</c>; <see langword="null"/>: not sent.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Further response headers, as <c>name: value</c>.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    public TimeSpan DelayBeforeHeaders { get; init; }

    public TimeSpan DelayBeforeFirstEvent { get; init; }

    public TimeSpan DelayBetweenEvents { get; init; }

    /// <summary>Waited for before the headers, with the exchange's own end. In-process only.</summary>
    public Func<CancellationToken, Task>? BeforeHeaders { get; init; }

    /// <summary>Waited for before each event, with its number. In-process only.</summary>
    public Func<int, CancellationToken, Task>? BeforeEvent { get; init; }

    /// <summary>Waited for before each piece of a body that <see cref="SplitBytes"/> divides, with its number from 1. In-process only.</summary>
    public Func<int, CancellationToken, Task>? BeforePiece { get; init; }

    /// <summary>Closes the connection after this many events; 0: never.</summary>
    public int CutAfterEvents { get; init; }

    /// <summary>Closes the connection after this many bytes of the body; 0: never.</summary>
    public int CutAfterBytes { get; init; }

    /// <summary>Closes at once, before the status line.</summary>
    public bool CutBeforeHeaders { get; init; }

    /// <summary>Closes after this many bytes of the status line and headers; 0: never.</summary>
    public int CutAfterHeadBytes { get; init; }

    /// <summary>Serves one request a connection and keeps it open; a second request finds it closed, as where the two cross.</summary>
    public bool ServesOnce { get; init; }

    /// <summary>Closes a connection that has been idle for so long after this answer; zero: never.</summary>
    public TimeSpan IdleLimit { get; init; }

    /// <summary>A cut is a TCP reset rather than an orderly end.</summary>
    public bool Reset { get; init; }

    /// <summary>Sends at most this many bytes at a time; 0: as they come.</summary>
    public int SplitBytes { get; init; }

    /// <summary>Falls silent after this many events; negative: never; 0: right after the headers.</summary>
    public int StallAfterEvents { get; init; } = -1;

    /// <summary>Replaces this event by one that is not JSON; 0: none.</summary>
    public int MalformedEvent { get; init; }

    /// <summary>Replaces this event by an error in the provider's form, and ends; 0: none.</summary>
    public int ErrorEvent { get; init; }

    /// <summary>Pads this event's content to <see cref="HugeBytes"/>; 0: none.</summary>
    public int HugeEvent { get; init; }

    public int HugeBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Repeats content events until the peer leaves.</summary>
    public bool Endless { get; init; }

    /// <summary>Repeats bytes without a line break until the peer leaves.</summary>
    public bool EndlessLine { get; init; }

    /// <summary>Ends lines of a stream with CR LF.</summary>
    public bool Crlf { get; init; }

    /// <summary>Sends comment lines between events.</summary>
    public bool Comments { get; init; }

    /// <summary>Never answers.</summary>
    public bool Silent { get; init; }

    /// <summary>Leaves usage out, whatever was asked for.</summary>
    public bool OmitUsage { get; init; }

    /// <summary>Ends a stream without its last event (<c>[DONE]</c>, <c>message_stop</c>), but in order.</summary>
    public bool OmitEnd { get; init; }

    /// <summary>Hands all events of a stream to the socket at once.</summary>
    public bool Coalesce { get; init; }

    public string Text { get; init; } = "Hello from the scripted upstream.";

    /// <summary>How many content events a stream has; 0: one a word.</summary>
    public int Events { get; init; }

    /// <summary>Pads a whole answer's body to this many bytes; 0: as it is.</summary>
    public int AnswerBytes { get; init; }

    public int PromptTokens { get; init; } = 11;

    public int CompletionTokens { get; init; } = 7;

    public int CachedTokens { get; init; }

    /// <summary>The id of an answer of Responses.</summary>
    public string ResponseId { get; init; } = "resp_scripted";

    /// <summary>Whether the body of the answer is anything but a provider's correct one.</summary>
    internal bool IsLiteral => Body is not null || BodyBytes is not null || Status >= 400;
}
