using System.Globalization;
using System.Text;
using System.Text.Json;
using ProxyCluster.Extensions.Hooks;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>What one event of a stream says.</summary>
internal sealed class EventTexts(ReadOnlyMemory<byte> json) : ITextCollector
{
    private readonly List<EventPiece> _pieces = [];
    private Range? _number;

    /// <summary>Texts that are whole here, and the event as it is written anew.</summary>
    public DocumentTexts Whole { get; } = new(json);

    /// <summary>Pieces of texts, in order.</summary>
    public IReadOnlyList<EventPiece> Pieces => _pieces;

    /// <summary>What the keys begin with of texts that end with this event.</summary>
    public List<string> Ended { get; } = [];

    /// <summary>Tokens were told beside a text.</summary>
    public bool HasTokens { get; private set; }

    /// <inheritdoc/>
    public void Add(JsonElement value, TextForm form, TextOrigin origin) => Whole.Add(value, form, origin);

    /// <inheritdoc/>
    public void AddTokens(JsonElement value)
    {
        // Those of a text that is held back would tell it.
        HasTokens = true;
        Whole.Put(Whole.RangeOf(value), value.ValueKind == JsonValueKind.Array ? "[]"u8.ToArray() : "null"u8.ToArray());
    }

    /// <summary>A piece of a text.</summary>
    /// <param name="value">Its JSON string.</param>
    /// <param name="channel">The key of the text that it is a piece of.</param>
    /// <param name="form">How it stands there.</param>
    /// <param name="origin">What it is.</param>
    /// <param name="template">Makes an event that can say more of it.</param>
    public void AddPiece(JsonElement value, string channel, TextForm form, TextOrigin origin, Func<EventTemplate> template)
    {
        var range = Whole.RangeOf(value);
        _pieces.Add(new EventPiece(range, JsonStrings.Decode(json.Span[range]), channel, form, origin, template));
    }

    /// <summary>Whether the text of a piece ends with this event.</summary>
    public bool Ends(EventPiece piece) => Ended.Exists(prefix => piece.Channel.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Writes another text in the place of a piece.</summary>
    public void Replace(EventPiece piece, string text) => Whole.Put(piece.Range, JsonStrings.Quote(text));

    /// <summary>The event's number stands here.</summary>
    public void Number(JsonElement value) => _number = Whole.RangeOf(value);

    /// <summary>Numbers the event anew, if it has a number.</summary>
    public void PutNumber(int number)
    {
        if (_number is { } place)
        {
            Whole.Put(place, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
        }
    }
}

/// <summary>A piece of a text in an event.</summary>
/// <param name="Range">Where its JSON string stands in the event's data.</param>
/// <param name="Text">What it says.</param>
/// <param name="Channel">The key of the text that it is a piece of.</param>
/// <param name="Form">How the text stands there.</param>
/// <param name="Origin">What it is.</param>
/// <param name="Template">Makes an event that can say more of it.</param>
internal sealed record EventPiece(Range Range, string Text, string Channel, TextForm Form, TextOrigin Origin, Func<EventTemplate> Template);
