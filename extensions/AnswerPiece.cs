using Microsoft.Extensions.AI;

namespace ProxyCluster.Extensions;

/// <summary>A piece of an answer.</summary>
public readonly record struct AnswerPiece
{
    internal PieceKind Kind { get; private init; }

    /// <summary>Text, or the name of a call or model.</summary>
    internal string? Value { get; private init; }

    /// <summary>Of a call, or of the answer.</summary>
    internal string? Id { get; private init; }

    /// <summary>Of a call, those that are known when it begins.</summary>
    internal string? FirstArguments { get; private init; }

    internal ChatFinishReason Reason { get; private init; }

    internal AnswerUsage Tokens { get; private init; }

    /// <summary>The provider's id of the answer, and the model that answers. Optional, and the first piece if at all.</summary>
    /// <param name="id"><see langword="null"/>: one is made.</param>
    /// <param name="model"><see langword="null"/>: the one that was asked for.</param>
    public static AnswerPiece Head(string? id, string? model = null) => new() { Kind = PieceKind.Head, Id = id, Value = model };

    /// <summary>More text.</summary>
    public static AnswerPiece Text(string text) => new() { Kind = PieceKind.Text, Value = text };

    /// <summary>More of the model's thoughts.</summary>
    public static AnswerPiece Reasoning(string text) => new() { Kind = PieceKind.Reasoning, Value = text };

    /// <summary>What the provider wants back with the thoughts so far, as <see cref="TextReasoningContent.ProtectedData"/>.</summary>
    public static AnswerPiece ReasoningSignature(string signature) => new() { Kind = PieceKind.Signature, Value = signature };

    /// <summary>More of the reason why the model will not answer.</summary>
    public static AnswerPiece Refusal(string text) => new() { Kind = PieceKind.Refusal, Value = text };

    /// <summary>The model calls a function.</summary>
    /// <param name="id">The provider's id of the call; empty: one is made.</param>
    /// <param name="name">The function.</param>
    /// <param name="arguments">Its arguments, as the text of a JSON object, as far as they are known. The rest follows by <see cref="Arguments"/>.</param>
    public static AnswerPiece Call(string id, string name, string arguments = "") =>
        new() { Kind = PieceKind.Call, Id = id, Value = name, FirstArguments = arguments };

    /// <summary>More of the arguments of a call.</summary>
    /// <param name="json">A piece of the text of a JSON object.</param>
    /// <param name="callId">The call's id; <see langword="null"/>: the call that began last.</param>
    public static AnswerPiece Arguments(string json, string? callId = null) => new() { Kind = PieceKind.Arguments, Value = json, Id = callId };

    /// <summary>Tokens billed; where it comes more than once, the last one counts.</summary>
    public static AnswerPiece Usage(AnswerUsage usage) => new() { Kind = PieceKind.Usage, Tokens = usage };

    /// <summary>All has been said. Only <see cref="Usage"/> may follow.</summary>
    /// <param name="reason">Why the answer ends.</param>
    /// <param name="stopSequence">The sequence that ended it; <see langword="null"/>: none, or not told.</param>
    public static AnswerPiece Finish(ChatFinishReason reason, string? stopSequence = null) =>
        new() { Kind = PieceKind.Finish, Reason = reason, Value = stopSequence };
}

/// <summary>What a piece is. The first member is what nobody made: a piece by the constructor without parameters.</summary>
internal enum PieceKind
{
    Nothing = 0,
    Head = 1,
    Text = 2,
    Reasoning = 3,
    Signature = 4,
    Refusal = 5,
    Call = 6,
    Arguments = 7,
    Usage = 8,
    Finish = 9,
}
