using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ProxyCluster.Extensions.Hooks;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>
/// The texts of one JSON document, where they stand. The document is written anew with those that have changed; every other
/// byte stays what it was.
/// </summary>
internal sealed class DocumentTexts(ReadOnlyMemory<byte> json) : ITextCollector
{
    private readonly List<Place> _places = [];
    private readonly List<TextSlot> _slots = [];
    private readonly List<(Range Range, byte[] Bytes)> _ifChanged = [];
    private readonly List<(Range Range, byte[] Bytes)> _always = [];

    /// <summary>All texts that are not empty, in order.</summary>
    public IReadOnlyList<TextSlot> Slots => _slots;

    /// <summary>Whether a text has changed while its tokens were told beside it.</summary>
    public bool HasDroppedTokens => _ifChanged.Count > 0 && _slots.Exists(static slot => slot.IsChanged);

    /// <inheritdoc/>
    public void Add(JsonElement value, TextForm form, TextOrigin origin)
    {
        var range = RangeOf(value);
        var token = json.Span[range];
        var place = new Place(range, form);
        if (form == TextForm.Plain)
        {
            AddSlot(place, JsonPieceKind.Text, JsonStrings.Decode(token), "", origin);
        }
        else
        {
            var text = form == TextForm.Json ? Encoding.UTF8.GetString(token) : JsonStrings.Decode(token);
            foreach (var piece in new JsonTextLexer().Read(text, isEnd: true))
            {
                AddSlot(place, piece.Kind, piece.Text, piece.Raw, origin);
            }
        }

        if (place.Segments.Exists(static segment => segment.Slot is not null))
        {
            _places.Add(place);
        }
    }

    /// <inheritdoc/>
    public void AddTokens(JsonElement value) =>
        _ifChanged.Add((RangeOf(value), value.ValueKind == JsonValueKind.Array ? "[]"u8.ToArray() : "null"u8.ToArray()));

    /// <summary>Puts other bytes in a place, whatever hooks say.</summary>
    public void Put(Range place, byte[] bytes) => _always.Add((place, bytes));

    /// <summary>Where a value stands.</summary>
    public Range RangeOf(JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value);
        json.Span.Overlaps(raw, out var start);
        return start..(start + raw.Length);
    }

    /// <summary>The document with the changes; <see langword="null"/>: there are none.</summary>
    public byte[]? Rewrite()
    {
        var changes = new List<(Range Range, byte[] Bytes)>(_always);
        foreach (var place in _places)
        {
            if (place.Segments.Exists(static segment => segment.Slot is { IsChanged: true }))
            {
                changes.Add((place.Range, place.ToBytes()));
            }
        }

        if (changes.Count > _always.Count)
        {
            changes.AddRange(_ifChanged);
        }

        return changes.Count == 0 ? null : Write(changes);
    }

    private byte[] Write(List<(Range Range, byte[] Bytes)> changes)
    {
        var output = new ArrayBufferWriter<byte>(json.Length + 256);
        var position = 0;
        foreach (var (range, bytes) in changes.OrderBy(static change => change.Range.Start.Value))
        {
            output.Write(json.Span[position..range.Start.Value]);
            output.Write(bytes);
            position = range.End.Value;
        }

        output.Write(json.Span[position..]);
        return output.WrittenSpan.ToArray();
    }

    private void AddSlot(Place place, JsonPieceKind kind, string text, string raw, TextOrigin origin)
    {
        TextSlot? slot = null;
        if (text.Length > 0 && kind is JsonPieceKind.Text or JsonPieceKind.Bare)
        {
            slot = new TextSlot(text, origin);
            _slots.Add(slot);
        }

        place.Segments.Add(new Segment(kind, raw, slot));
    }

    private sealed record Segment(JsonPieceKind Kind, string Raw, TextSlot? Slot);

    private sealed record Place(Range Range, TextForm Form)
    {
        public List<Segment> Segments { get; } = [];

        public byte[] ToBytes()
        {
            if (Form == TextForm.Plain)
            {
                return JsonStrings.Quote(Segments[0].Slot!.Current);
            }

            var text = new StringBuilder();
            foreach (var segment in Segments)
            {
                text.Append(segment.Slot is not { IsChanged: true } slot ? segment.Raw
                    : segment.Kind == JsonPieceKind.Bare ? $"\"{JsonStrings.Escape(slot.Current)}\""
                    : JsonStrings.Escape(slot.Current));
            }

            return Form == TextForm.Json ? Encoding.UTF8.GetBytes(text.ToString()) : JsonStrings.Quote(text.ToString());
        }
    }
}

/// <summary>A text in its place.</summary>
/// <param name="original">As it came.</param>
/// <param name="origin">What it is.</param>
internal sealed class TextSlot(string original, TextOrigin origin)
{
    private string? _changed;

    public TextOrigin Origin => origin;

    /// <summary>As it stands now.</summary>
    public string Current
    {
        get => _changed ?? original;
        set => _changed = string.Equals(value, original, StringComparison.Ordinal) ? null : value;
    }

    public bool IsChanged => _changed is not null;
}
