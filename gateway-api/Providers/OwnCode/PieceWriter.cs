using System.Buffers;
using System.Text.Json;
using ProxyCluster.Extensions;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OwnCode;

/// <summary>
/// Writes the pieces of one answer as events, a JSON object a line, for <see cref="PieceReader"/>. Checks their order:
/// an adapter may send anything. Not thread-safe.
/// </summary>
internal sealed class PieceWriter(ArrayBufferWriter<byte> output) : IDisposable
{
    // An event has a limit; a piece has none.
    private const int MostCharacters = 16 * 1024;

    private readonly Utf8JsonWriter _json = new(output, JsonText.WriterOptions);
    private readonly List<string> _calls = [];
    private AnswerPiece _last;
    private char? _half;
    private bool _hasFinished;

    /// <summary>Writes a piece; an empty one is passed over.</summary>
    /// <exception cref="InvalidOperationException">It cannot stand here.</exception>
    public void Write(in AnswerPiece piece)
    {
        if (_hasFinished && piece.Kind != PieceKind.Usage)
        {
            throw Misplaced("A piece came after Finish.");
        }

        switch (piece.Kind)
        {
            case PieceKind.Head:
                WriteHead(piece);
                break;
            case PieceKind.Text:
                WriteText("text"u8, piece);
                break;
            case PieceKind.Reasoning:
                WriteText("reasoning"u8, piece);
                break;
            case PieceKind.Refusal:
                WriteText("refusal"u8, piece);
                break;
            case PieceKind.Signature:
                WriteText("signature"u8, piece);
                break;
            case PieceKind.Call:
                WriteCall(piece);
                break;
            case PieceKind.Arguments:
                WriteArguments(CallOf(piece.Id), piece);
                break;
            case PieceKind.Usage:
                WriteUsage(piece.Tokens);
                break;
            case PieceKind.Finish:
                _hasFinished = true;
                WriteStrings("finish"u8, piece.Reason.Value, piece.Value);
                break;
            default:
                throw Misplaced("A piece was made by no method of AnswerPiece.");
        }
    }

    /// <summary>Writes why no more pieces come.</summary>
    public void WriteError(OwnCodeFailure failure)
    {
        Begin("error"u8);
        _json.WriteStartObject();
        _json.WriteNumber("status"u8, failure.Status);
        _json.WriteString("message"u8, failure.Message);
        if (failure.RetryAfter is { } wait)
        {
            _json.WriteNumber("retry"u8, (long)Math.Max(0, wait.TotalMilliseconds));
        }

        _json.WriteEndObject();
        End();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    // With the model's name as traces look for it.
    private void WriteHead(in AnswerPiece piece)
    {
        Begin("model"u8);
        _json.WriteStringValue(piece.Value);
        _json.WriteString("id"u8, piece.Id);
        End();
    }

    private void WriteCall(in AnswerPiece piece)
    {
        if (string.IsNullOrEmpty(piece.Value))
        {
            throw Misplaced("A call names no function.");
        }

        var id = string.IsNullOrEmpty(piece.Id) ? $"call_{Guid.NewGuid():N}" : piece.Id;
        _calls.Add(id);
        WriteStrings("call"u8, id, piece.Value);
        if (!string.IsNullOrEmpty(piece.FirstArguments))
        {
            WriteArguments(_calls.Count - 1, AnswerPiece.Arguments(piece.FirstArguments, id));
        }
    }

    private int CallOf(string? id)
    {
        var call = id is null ? _calls.Count - 1 : _calls.LastIndexOf(id);
        return call >= 0 ? call : throw Misplaced("Arguments came for a call that has not begun.");
    }

    private void WriteArguments(int call, in AnswerPiece piece)
    {
        for (var left = Joined(piece).AsSpan(); !left.IsEmpty;)
        {
            var count = CountOf(left);
            Begin("of"u8);
            _json.WriteNumberValue(call);
            _json.WriteString("arguments"u8, left[..count]);
            End();
            left = left[count..];
        }
    }

    private void WriteText(ReadOnlySpan<byte> name, in AnswerPiece piece)
    {
        for (var left = Joined(piece).AsSpan(); !left.IsEmpty;)
        {
            var count = CountOf(left);
            Begin(name);
            _json.WriteStringValue(left[..count]);
            End();
            left = left[count..];
        }
    }

    // How much of a text goes into one event: never half a pair of surrogates.
    private static int CountOf(ReadOnlySpan<char> text) =>
        text.Length <= MostCharacters ? text.Length : char.IsHighSurrogate(text[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters;

    // Code that cuts text wherever it likes may cut a pair of surrogates, of which a half is no text.
    private string? Joined(in AnswerPiece piece)
    {
        var text = piece.Value;
        if (string.IsNullOrEmpty(text))
        {
            return text;
        }

        if (_half is { } half)
        {
            text = _last.Kind == piece.Kind && _last.Id == piece.Id ? half + text : text;
            _half = null;
        }

        if (!char.IsHighSurrogate(text[^1]))
        {
            return text;
        }

        _half = text[^1];
        _last = piece;
        return text[..^1];
    }

    private void WriteUsage(in AnswerUsage usage)
    {
        Begin("usage"u8);
        _json.WriteStartArray();
        foreach (var count in (ReadOnlySpan<long>)[usage.UncachedInput, usage.CacheRead, usage.CacheWrite, usage.Output, usage.Reasoning])
        {
            _json.WriteNumberValue(Math.Max(0, count));
        }

        _json.WriteEndArray();
        End();
    }

    private void WriteStrings(ReadOnlySpan<byte> name, string? first, string? second)
    {
        Begin(name);
        _json.WriteStartArray();
        _json.WriteStringValue(first);
        _json.WriteStringValue(second);
        _json.WriteEndArray();
        End();
    }

    private void Begin(ReadOnlySpan<byte> name)
    {
        _json.Reset();
        _json.WriteStartObject();
        _json.WritePropertyName(name);
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
        output.Write("\n"u8);
    }

    private static InvalidOperationException Misplaced(string message) => new(message);
}
