using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ProxyCluster.Extensions;

/// <summary>Reads one answer of a client of Microsoft.Extensions.AI. Not thread-safe; made for one answer.</summary>
internal sealed class ChatUpdateReader
{
    private const int BadGateway = 502;

    // The name under which Anthropic's own client counts them; there is no member for them.
    private const string CacheWrites = "CacheCreationInputTokens";

    // The library's own would indent, and each blank is a token where the call is sent back.
    private static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    private readonly List<AnswerPiece> _pieces = [];
    private readonly UsageDetails _usage = new();
    private ChatFinishReason? _finish;
    private bool _hasBegun;
    private bool _hasCalls;
    private bool _hasContent;

    /// <summary>Reads an update. What is returned holds until the next call.</summary>
    /// <exception cref="ProviderException">It is none, or tells an error.</exception>
    public List<AnswerPiece> Read(ChatResponseUpdate? update)
    {
        _pieces.Clear();
        if (update is null)
        {
            throw new ProviderException(BadGateway, "The client's stream held a null.");
        }

        Begin(update.ResponseId, update.ModelId);
        Add(update.Contents);
        _finish = update.FinishReason ?? _finish;
        return _pieces;
    }

    /// <summary>Reads a whole answer.</summary>
    /// <exception cref="ProviderException">It is none, or tells an error.</exception>
    public List<AnswerPiece> Read(ChatResponse? response)
    {
        if (response is null)
        {
            throw new ProviderException(BadGateway, "The client's answer was null.");
        }

        Begin(response.ResponseId, response.ModelId);
        foreach (var message in response.Messages)
        {
            Add(message.Contents);
        }

        if (response.Usage is { } usage)
        {
            AddUsage(usage);
        }

        _finish = response.FinishReason;
        return _pieces;
    }

    /// <summary>The client has said all. By its contract an answer that ends is whole, whether or not it says why it ended.</summary>
    /// <exception cref="ProviderException">It has said nothing.</exception>
    public AnswerPiece End()
    {
        if (!_hasContent && _finish is null)
        {
            throw new ProviderException(BadGateway, "The client's answer was empty.");
        }

        var reason = _finish ?? ChatFinishReason.Stop;

        // A client that leaves it at 'stop' after calls would have them never answered.
        return AnswerPiece.Finish(reason == ChatFinishReason.Stop && _hasCalls ? ChatFinishReason.ToolCalls : reason);
    }

    private void Begin(string? id, string? model)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            _pieces.Add(AnswerPiece.Head(id, model));
        }
    }

    private void Add(IList<AIContent> contents)
    {
        // By index: an enumerator of the interface would be made for each update.
        for (var i = 0; i < contents.Count; i++)
        {
            Add(contents[i]);
        }
    }

    private void Add(AIContent content)
    {
        switch (content)
        {
            case TextContent { Text.Length: > 0 } text:
                AddContent(AnswerPiece.Text(text.Text));
                break;
            case TextReasoningContent thought:
                AddThought(thought);
                break;
            case FunctionCallContent { InformationalOnly: false } call:
                AddContent(AnswerPiece.Call(call.CallId, call.Name, ArgumentsOf(call)));
                _hasCalls = true;
                break;
            case UsageContent usage:
                AddUsage(usage.Details);
                break;
            case ErrorContent error when string.Equals(error.ErrorCode, "refusal", StringComparison.OrdinalIgnoreCase):
                AddContent(AnswerPiece.Refusal(error.Message));
                break;
            case ErrorContent error:
                throw new ProviderException(StatusOf(error.ErrorCode), error.Message);
        }
    }

    private void AddContent(AnswerPiece piece)
    {
        _hasContent = true;
        _pieces.Add(piece);
    }

    private void AddThought(TextReasoningContent thought)
    {
        if (thought.Text.Length > 0)
        {
            AddContent(AnswerPiece.Reasoning(thought.Text));
        }

        if (thought.ProtectedData is { Length: > 0 } signature)
        {
            AddContent(AnswerPiece.ReasoningSignature(signature));
        }
    }

    private static string ArgumentsOf(FunctionCallContent call) => call switch
    {
        { Exception: not null } => throw new ProviderException(BadGateway, "The client could not read the arguments of a call."),
        { Arguments: { } arguments } => JsonSerializer.Serialize(arguments, Compact.GetTypeInfo(typeof(IDictionary<string, object?>))),
        _ => "{}",
    };

    private static int StatusOf(string? code) => code switch
    {
        "rate_limit_exceeded" => 429,
        _ when int.TryParse(code, out var status) && status is >= 400 and < 600 => status,
        _ => BadGateway,
    };

    // Each is a part, and together they are the whole: as the client's own helpers add them up.
    private void AddUsage(UsageDetails part)
    {
        _usage.Add(part);
        var output = Math.Max(0, _usage.OutputTokenCount ?? 0);
        var input = Math.Max(0, _usage.InputTokenCount ?? _usage.TotalTokenCount - output ?? 0);
        var read = Math.Clamp(_usage.CachedInputTokenCount ?? 0, 0, input);
        var written = Math.Clamp(_usage.AdditionalCounts?.TryGetValue(CacheWrites, out var count) == true ? count : 0, 0, input - read);
        var reasoning = Math.Clamp(_usage.ReasoningTokenCount ?? 0, 0, output);
        _pieces.Add(AnswerPiece.Usage(new AnswerUsage(input - read - written, output - reasoning, read, written, reasoning)));
    }
}
