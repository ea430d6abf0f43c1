using System.Buffers;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.PassThrough;

/// <summary>
/// Finds what an answer says of its tokens while it passes by unread: the member <c>usage</c> of its JSON, of an event of its
/// stream, or Cohere's <c>meta</c>. Knows no more of JSON than where strings and objects begin and end; of all that goes by
/// it keeps that member alone.
/// </summary>
internal sealed class PassedUsage
{
    // A usage object is a few hundred bytes; what is longer is something else.
    private const int MostBytes = 4 * 1024;

    private static readonly SearchValues<byte> Ends = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> Begins = SearchValues.Create("{["u8);

    private readonly ArrayBufferWriter<byte> _name = new(16);
    private readonly ArrayBufferWriter<byte> _value = new(256);
    private int _depth;
    private bool _isInString;
    private bool _isEscaped;
    private bool _isName;
    private bool _mayBeName;
    private bool _isWanted;
    private bool _isKept;

    /// <summary>What was told so far; <see langword="null"/>: nothing. Of several that of the last.</summary>
    public TokenUsage? Found { get; private set; }

    /// <summary>Looks at the next piece of the answer.</summary>
    public void Read(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            var count = _isInString ? ReadString(piece) : ReadStructure(piece);
            piece = piece[count..];
        }
    }

    private int ReadString(ReadOnlySpan<byte> piece)
    {
        if (_isEscaped)
        {
            _isEscaped = false;
            return Keep(piece[..1]);
        }

        var end = piece.IndexOfAny(Ends);
        if (end < 0)
        {
            return Keep(piece);
        }

        Keep(piece[..(end + 1)]);
        _isEscaped = piece[end] == (byte)'\\';
        _isInString = _isEscaped;
        return end + 1;
    }

    private int ReadStructure(ReadOnlySpan<byte> piece)
    {
        if (_depth == 0)
        {
            var begin = piece.IndexOfAny(Begins);
            return begin > 0 ? begin : begin < 0 ? piece.Length : Open(piece);
        }

        switch (piece[0])
        {
            case (byte)'"':
                _isInString = true;
                _isName = _depth == 1 && _mayBeName;
                _name.ResetWrittenCount();
                break;
            case (byte)'{' or (byte)'[':
                return Open(piece);
            case (byte)'}' or (byte)']':
                return Close(piece);
            case (byte)':' when _depth == 1:
                // The name with the marks around it.
                _isWanted = _isName && (_name.WrittenSpan.SequenceEqual("\"usage\""u8) || _name.WrittenSpan.SequenceEqual("\"meta\""u8));
                _mayBeName = _isName = false;
                break;
            case (byte)',' when _depth == 1:
                _mayBeName = true;
                _isWanted = false;
                break;
        }

        return Keep(piece[..1]);
    }

    private int Open(ReadOnlySpan<byte> piece)
    {
        _isKept |= _depth == 1 && _isWanted && piece[0] == (byte)'{';
        _depth++;
        _mayBeName = _depth == 1 && piece[0] == (byte)'{';
        return Keep(piece[..1]);
    }

    private int Close(ReadOnlySpan<byte> piece)
    {
        Keep(piece[..1]);
        _depth--;
        if (_isKept && _depth == 1)
        {
            Found = Parse(_value.WrittenSpan) ?? Found;
            _value.ResetWrittenCount();
            _isKept = _isWanted = false;
        }

        return 1;
    }

    private int Keep(ReadOnlySpan<byte> bytes)
    {
        if (_isName && _isInString && _name.WrittenCount + bytes.Length <= MostBytes)
        {
            _name.Write(bytes);
        }
        else if (_isKept && _value.WrittenCount + bytes.Length <= MostBytes)
        {
            _value.Write(bytes);
        }
        else if (_isKept)
        {
            _isKept = false;
            _value.ResetWrittenCount();
        }

        return bytes.Length;
    }

    // At any depth: Cohere has its counts in objects within `meta`. Who tells a sum alone has no answer that is paid for.
    private static TokenUsage? Parse(ReadOnlySpan<byte> json)
    {
        long prompt = 0, completion = 0, total = 0;
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                if (reader.ValueTextEquals("input_tokens"u8) || reader.ValueTextEquals("prompt_tokens"u8))
                {
                    prompt = Math.Max(prompt, JsonText.ReadCount(ref reader));
                }
                else if (reader.ValueTextEquals("output_tokens"u8) || reader.ValueTextEquals("completion_tokens"u8))
                {
                    completion = Math.Max(completion, JsonText.ReadCount(ref reader));
                }
                else if (reader.ValueTextEquals("total_tokens"u8))
                {
                    total = JsonText.ReadCount(ref reader);
                }
            }
        }
        catch (JsonException)
        {
            return null;
        }

        prompt = prompt + completion > 0 ? prompt : total;
        return prompt + completion > 0 ? new TokenUsage(prompt, 0, 0, completion, 0) : null;
    }
}
