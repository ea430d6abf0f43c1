using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>The hooks that one request and its answer pass. Not thread-safe: one text is judged after the other.</summary>
internal sealed class RequestHooks : IDisposable
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1000 };
    private static readonly ModelNames Names = new();

    private readonly Exchange _exchange;
    private readonly IReadOnlyList<HookEntry> _entries;
    private readonly IReadOnlyList<HookEntry> _onRequest;
    private readonly IReadOnlyList<HookEntry> _onAnswer;
    private readonly HookContext _context;

    /// <param name="exchange">The request, read.</param>
    /// <param name="entries">Those for its model, in their order; each is in use until <see cref="Dispose"/>.</param>
    public RequestHooks(Exchange exchange, IReadOnlyList<HookEntry> entries)
    {
        _exchange = exchange;
        _entries = entries;
        _onRequest = [.. entries.Where(static entry => entry.Settings.OnRequests)];
        _onAnswer = [.. entries.Where(static entry => entry.Settings.OnAnswers)];
        var request = exchange.Request!;
        _context = new HookContext(
            exchange.RequestId, request.Model, exchange.Context.Request.Path.Value ?? "", exchange.Caller?.Name, request.Stream);
    }

    /// <summary>Whether the answer is judged too: what a model says, not what is passed on unread, counted or embedded.</summary>
    public bool JudgesAnswers => _onAnswer.Count > 0 && (_exchange.Operation.IsChat() || _exchange.Operation == InferenceOperation.Completions);

    /// <summary>How long a hook may be waited for now.</summary>
    public Patience Patience => new(_exchange.Left, _exchange.Context.RequestAborted);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var entry in _entries)
        {
            entry.Exit();
        }
    }

    /// <summary>Parses JSON that was read before; its strings may still hold half a surrogate pair.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> json) => JsonDocument.Parse(json, Deep);

    /// <summary>A text's way through the hooks for answers.</summary>
    public TextStage[] StagesFor(TextOrigin origin) => [.. _onAnswer.Select(entry => new TextStage(entry, _context, origin))];

    /// <summary>What a stream passes; <see langword="null"/>: it is not judged.</summary>
    public StreamFilter? CreateFilter() => JudgesAnswers ? new StreamFilter(this, StreamTexts.Of(_exchange.Operation)) : null;

    /// <summary>Judges the request and puts what was changed in its place.</summary>
    /// <returns>Why it goes nowhere; <see langword="null"/>: it goes on.</returns>
    public async ValueTask<Refusal?> JudgeRequestAsync(InputLimitOptions limits)
    {
        var request = _exchange.Request!;
        if (_onRequest.Count == 0 || request.FormType is not null)
        {
            return null;
        }

        var texts = new DocumentTexts(request.Body);
        try
        {
            using var document = Parse(request.Body);
            RequestTexts.Find(document.RootElement, texts);
        }
        catch (InvalidOperationException)
        {
            return Refusals.InvalidJson("The body holds text that is not valid Unicode: half a surrogate pair.");
        }

        foreach (var entry in _onRequest)
        {
            if (await JudgeAsync(entry, texts) is { } refusal)
            {
                return refusal;
            }
        }

        return texts.Rewrite() is { } body ? Replace(request, body, limits) : null;
    }

    /// <summary>Judges a whole answer.</summary>
    /// <param name="answer">In the client's dialect.</param>
    public async ValueTask<JudgedAnswer> JudgeAnswerAsync(ReadOnlyMemory<byte> answer)
    {
        var texts = new DocumentTexts(answer);
        try
        {
            using var document = Parse(answer);
            AnswerTexts.Find(document.RootElement, texts);
        }
        catch (Exception exception) when (exception is InvalidOperationException or JsonException)
        {
            return new JudgedAnswer(Refusals.UpstreamInvalidResponse(), default);
        }

        if (await JudgeAllAsync(texts) is { } refusal)
        {
            return new JudgedAnswer(refusal, default);
        }

        if (texts.HasDroppedTokens)
        {
            NoteDroppedTokens();
        }

        return new JudgedAnswer(null, texts.Rewrite() ?? answer);
    }

    /// <summary>Judges texts that are whole, each on its own.</summary>
    /// <returns>Why nothing of them goes on; <see langword="null"/>: they do.</returns>
    public async ValueTask<Refusal?> JudgeAllAsync(DocumentTexts texts)
    {
        foreach (var slot in texts.Slots)
        {
            var result = await new TextRun(this, slot.Origin).PushAsync(slot.Current, isEnd: true);
            if (RefusalFor(result.Outcome, isAnswer: true) is { } refusal)
            {
                return refusal;
            }

            slot.Current = result.Text;
        }

        return null;
    }

    /// <summary>Why a text is withheld; <see langword="null"/>: it is not.</summary>
    public Refusal? RefusalFor(in HookOutcome outcome, bool isAnswer)
    {
        if (outcome.IsPassed)
        {
            return null;
        }

        return outcome.Blocked is { } message ? Refusals.ContentFilter(message)
            : _exchange.DeadlinePassed ? Refusals.RequestTimeout()
            : outcome.Fault == HookFault.TimedOut ? Refusals.HookTimeout(isAnswer)
            : Refusals.HookFailed(isAnswer);
    }

    /// <summary>Tokens told beside a text would tell what was changed in it.</summary>
    public void NoteDroppedTokens()
    {
        const string Note = "logprobs: dropped";
        if (_exchange.Warnings is not { } others)
        {
            _exchange.Warnings = Note;
        }
        else if (!others.Contains(Note, StringComparison.Ordinal))
        {
            _exchange.Warnings = $"{others}; {Note}";
        }
    }

    private async ValueTask<Refusal?> JudgeAsync(HookEntry entry, DocumentTexts texts)
    {
        // Made for each hook: one that is given up may go on with its own.
        var asked = texts.Slots.Select(slot => new HookText(_context, slot.Origin, TextStretch.Whole(slot.Current))).ToList();
        var patience = Patience;
        var outcome = await entry.JudgeAsync(new HookRequest(_context, asked), patience.Left, patience.ClientLeft);
        asked.ForEach(static text => text.Close());
        if (outcome.Fault == HookFault.None)
        {
            for (var i = 0; i < asked.Count; i++)
            {
                texts.Slots[i].Current = TextEdits.Apply(asked[i]);
            }
        }

        return RefusalFor(outcome, isAnswer: false);
    }

    private Refusal? Replace(InferenceRequest request, byte[] body, InputLimitOptions limits)
    {
        if (RequestScanner.Scan(body, request.Operation, limits, Names, out var changed) is { } refusal)
        {
            return refusal;
        }

        changed!.Headers = request.Headers;
        _exchange.Request = changed;
        return null;
    }
}

/// <summary>What became of a whole answer.</summary>
/// <param name="Refusal">Why it is withheld; <see langword="null"/>: it is not.</param>
/// <param name="Answer">What the client gets.</param>
internal readonly record struct JudgedAnswer(Refusal? Refusal, ReadOnlyMemory<byte> Answer);
