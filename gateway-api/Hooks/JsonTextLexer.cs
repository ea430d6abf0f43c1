using System.Globalization;
using System.Text;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>
/// Takes JSON text apart as it comes in pieces, cut anywhere: what is structure, and what are values and names, decoded.
/// What is no JSON is a value too. Not thread-safe.
/// </summary>
internal sealed class JsonTextLexer
{
    private readonly StringBuilder _decoded = new();
    private readonly StringBuilder _raw = new();
    private readonly StringBuilder _escape = new();
    private State _state;

    private enum State
    {
        /// <summary>Between values: brackets, commas, colons and white space.</summary>
        Outside,

        /// <summary>Within a number, a literal, or what is no JSON.</summary>
        Bare,

        String,

        Escape,
    }

    /// <summary>Characters held back, since it is not known yet where a number, or what is no JSON, ends.</summary>
    public int Held => _state == State.Bare ? _raw.Length : 0;

    /// <summary>Gives up what is held back, as it is.</summary>
    public string TakeHeld()
    {
        var held = _raw.ToString();
        _raw.Clear();
        _decoded.Clear();
        return held;
    }

    /// <summary>Takes a piece.</summary>
    /// <param name="text">More of the JSON.</param>
    /// <param name="isEnd">Nothing follows.</param>
    public List<JsonPiece> Read(ReadOnlySpan<char> text, bool isEnd)
    {
        var pieces = new List<JsonPiece>();
        foreach (var character in text)
        {
            Take(character, pieces);
        }

        if (isEnd)
        {
            End(pieces);
        }
        else if (_state is State.Outside or State.String or State.Escape)
        {
            Emit(_state == State.Outside ? JsonPieceKind.Structure : JsonPieceKind.Text, pieces);
        }

        return pieces;
    }

    private void Take(char character, List<JsonPiece> pieces)
    {
        switch (_state)
        {
            case State.String:
                TakeWithin(character, pieces);
                return;
            case State.Escape:
                TakeEscaped(character);
                return;
            case State.Bare when character is not ('{' or '}' or '[' or ']' or ',' or ':' or '"'):
                Append(character);
                return;
            case State.Bare:
                EmitBare(pieces);
                break;
            case State.Outside when character is not ('{' or '}' or '[' or ']' or ',' or ':' or '"' or ' ' or '\t' or '\r' or '\n'):
                Emit(JsonPieceKind.Structure, pieces);
                _state = State.Bare;
                Append(character);
                return;
        }

        Append(character);
        _state = State.Outside;
        if (character == '"')
        {
            Emit(JsonPieceKind.Structure, pieces);
            _state = State.String;
        }
    }

    private void TakeWithin(char character, List<JsonPiece> pieces)
    {
        switch (character)
        {
            case '"':
                Emit(JsonPieceKind.Text, pieces);
                pieces.Add(new JsonPiece(JsonPieceKind.TextEnd, "", ""));
                _state = State.Outside;
                Append('"');
                return;
            case '\\':
                _state = State.Escape;
                return;
            default:
                Append(character);
                return;
        }
    }

    private void TakeEscaped(char character)
    {
        _escape.Append(character);
        if (_escape[0] != 'u')
        {
            Append(JsonStrings.Meaning(character), $"\\{character}");
        }
        else if (_escape.Length < 5)
        {
            return;
        }
        else if (ushort.TryParse(_escape.ToString(1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
        {
            Append((char)unit, $"\\{_escape}");
        }
        else
        {
            AppendBroken();
        }

        _escape.Clear();
        _state = State.String;
    }

    private void End(List<JsonPiece> pieces)
    {
        switch (_state)
        {
            case State.Bare:
                EmitBare(pieces);
                return;
            case State.Escape:
                AppendBroken();
                goto case State.String;
            case State.String:
                Emit(JsonPieceKind.Text, pieces);
                pieces.Add(new JsonPiece(JsonPieceKind.TextEnd, "", ""));
                return;
            default:
                Emit(JsonPieceKind.Structure, pieces);
                return;
        }
    }

    private void AppendBroken()
    {
        _decoded.Append('\\').Append(_escape);
        _raw.Append('\\').Append(_escape);
        _escape.Clear();
    }

    private void Append(char character)
    {
        _decoded.Append(character);
        _raw.Append(character);
    }

    private void Append(char decoded, string raw)
    {
        _decoded.Append(decoded);
        _raw.Append(raw);
    }

    private void EmitBare(List<JsonPiece> pieces)
    {
        var all = _raw.ToString();
        var bare = all.TrimEnd();
        _raw.Clear();
        _decoded.Clear();
        pieces.Add(new JsonPiece(bare is "true" or "false" or "null" ? JsonPieceKind.Structure : JsonPieceKind.Bare, bare, bare));
        if (bare.Length < all.Length)
        {
            pieces.Add(new JsonPiece(JsonPieceKind.Structure, all[bare.Length..], all[bare.Length..]));
        }
    }

    private void Emit(JsonPieceKind kind, List<JsonPiece> pieces)
    {
        if (_raw.Length > 0)
        {
            pieces.Add(new JsonPiece(kind, _decoded.ToString(), _raw.ToString()));
            _decoded.Clear();
            _raw.Clear();
        }
    }
}

/// <summary>A piece of JSON text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">What it says.</param>
/// <param name="Raw">As it stands.</param>
internal readonly record struct JsonPiece(JsonPieceKind Kind, string Text, string Raw);

/// <summary>What a piece of JSON text is.</summary>
internal enum JsonPieceKind
{
    /// <summary>Nothing that says anything: brackets, quotes, white space, literals.</summary>
    Structure = 0,

    /// <summary>More of the string that is open.</summary>
    Text = 1,

    /// <summary>The string that is open has been told; its closing quote, if there is one, follows.</summary>
    TextEnd = 2,

    /// <summary>A number, or what is no JSON.</summary>
    Bare = 3,
}
