using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>A message or a part of one, as far as it tells whether it is a file. Its members may come in any order.</summary>
internal struct PromptPart
{
    private const int MostBytesOfNoFile = 64;
    private const int MostMediaTypeBytes = 128;

    private static readonly SearchValues<byte> Base64 = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\\"u8); // a slash or the end of a line may be escaped

    private bool _isDocument;
    private bool _isText;
    private bool _isOther;
    private bool _hasKind;
    private bool _hasId;
    private int _bytes;

    /// <summary>How long its data is, where that is proven to be base64; else 0.</summary>
    public readonly int Base64Bytes => _isText ? 0 : _bytes;

    /// <summary>Whether its data is an image or sound, whose length tells of its tokens.</summary>
    public readonly bool IsMedia => !_isDocument && !_isOther;

    /// <summary>Whether nobody here knows how long it is: a document, or what is only named.</summary>
    public readonly bool GoesOn => _isOther || (_isDocument && !_isText);

    /// <summary>Whether it has an id and says neither who speaks nor what it is: for Responses it names an item that the provider keeps.</summary>
    public readonly bool IsReference => _hasId && !_hasKind;

    /// <summary>Reads a member, from its name to the end of its value.</summary>
    public void ReadMember(ref Utf8JsonReader reader)
    {
        var isType = reader.ValueTextEquals("type"u8);
        var isAddress = reader.ValueTextEquals("image_url"u8) || reader.ValueTextEquals("file_data"u8) || reader.ValueTextEquals("file"u8);
        var isSound = reader.ValueTextEquals("input_audio"u8);
        var isSpoken = reader.ValueTextEquals("audio"u8);
        _hasId |= reader.ValueTextEquals("id"u8);
        var isKind = isType || reader.ValueTextEquals("role"u8);
        reader.Read();
        _hasKind |= isKind && reader.TokenType == JsonTokenType.String;
        switch (reader.TokenType)
        {
            case JsonTokenType.String when isType:
                ReadType(ref reader);
                break;
            case JsonTokenType.String when isAddress:
                ReadDataUrl(reader.ValueSpan);
                break;
            case JsonTokenType.StartObject when isAddress:
                ReadAddress(ref reader);
                break;
            case JsonTokenType.StartObject when isSound:
                ReadSound(ref reader);
                break;
            default:
                _isOther |= isSpoken && reader.TokenType == JsonTokenType.StartObject; // an answer that was spoken, by its id
                reader.Skip();
                break;
        }
    }

    /// <summary>Reads a member of its source but for the parts in it. A document may also be text, which counts by its bytes, or parts, which count each.</summary>
    public void ReadSourceMember(ref Utf8JsonReader reader)
    {
        if (!reader.ValueTextEquals("type"u8))
        {
            ReadData(ref reader);
            return;
        }

        reader.Read();
        _isText |= reader.TokenType == JsonTokenType.String && (reader.ValueTextEquals("text"u8) || reader.ValueTextEquals("content"u8));
        reader.Skip();
    }

    private void ReadType(ref Utf8JsonReader reader)
    {
        _isDocument |= reader.ValueTextEquals("document"u8);
        _isOther |= reader.ValueTextEquals("file"u8) || reader.ValueTextEquals("input_file"u8) || reader.ValueTextEquals("container_upload"u8)
            || reader.ValueTextEquals("video_url"u8) || reader.ValueTextEquals("input_video"u8) || reader.ValueTextEquals("audio_url"u8)
            || reader.ValueTextEquals("item_reference"u8);
    }

    private void ReadAddress(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isData = reader.ValueTextEquals("url"u8) || reader.ValueTextEquals("file_data"u8);
            reader.Read();
            if (isData && reader.TokenType == JsonTokenType.String)
            {
                ReadDataUrl(reader.ValueSpan);
            }

            reader.Skip();
        }
    }

    private void ReadSound(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadData(ref reader);
        }
    }

    private void ReadData(ref Utf8JsonReader reader)
    {
        var isData = reader.ValueTextEquals("data"u8);
        reader.Read();
        _bytes = isData && reader.TokenType == JsonTokenType.String ? LengthOf(reader.ValueSpan) : _bytes;
        reader.Skip();
    }

    private void ReadDataUrl(ReadOnlySpan<byte> url)
    {
        var comma = url.IndexOf((byte)',');
        if (comma is < 0 or > MostMediaTypeBytes || !Ascii.EqualsIgnoreCase(url[..Math.Min(5, comma)], "data:"u8))
        {
            return;
        }

        var head = url[5..comma];
        _bytes = head.EndsWith("base64"u8) ? LengthOf(url[(comma + 1)..]) : 0;
        _isOther |= !Begins(head, "image"u8) && !Begins(head, "audio"u8);
    }

    private static bool Begins(ReadOnlySpan<byte> head, ReadOnlySpan<byte> kind) =>
        head.Length > kind.Length && Ascii.EqualsIgnoreCase(head[..kind.Length], kind) && head[kind.Length] is (byte)'/' or (byte)'\\';

    private static int LengthOf(ReadOnlySpan<byte> data) => data.Length > MostBytesOfNoFile && data.IndexOfAnyExcept(Base64) < 0 ? data.Length : 0;
}
