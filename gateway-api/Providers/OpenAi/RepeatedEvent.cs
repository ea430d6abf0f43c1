using System.Buffers;
using System.Text.Unicode;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>
/// Recognises the events of a stream that differ from an earlier one in nothing but their text. Most do, and comparing
/// bytes costs a tenth of reading JSON. Not thread-safe; made for one stream.
/// </summary>
/// <remarks>
/// Text without quotes, backslashes and control characters cannot end its string, so that the rest of the event means
/// what it meant before.
/// </remarks>
internal struct RepeatedEvent
{
    // A stream whose events do not repeat (several choices, padding of random length) must not pay for being asked.
    private const int MostModels = 4;
    private const int MostBytes = 1024;

    private static readonly SearchValues<byte> Special = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    private byte[]? _model;
    private Range _text;
    private Range _hidden;
    private bool _isHiddenBehind;
    private int _seen;

    /// <summary>Whether an event is the known one with another text, which is not empty.</summary>
    /// <param name="data">The event.</param>
    /// <param name="hidden">What to leave out of it, as with the known one.</param>
    public readonly bool Matches(ReadOnlySpan<byte> data, out Range hidden)
    {
        hidden = default;
        if (_model is null)
        {
            return false;
        }

        var before = _model.AsSpan(0, _text.Start.Value);
        var after = _model.AsSpan(_text.End.Value);
        var length = data.Length - before.Length - after.Length;
        if (length <= 0 || !data.StartsWith(before) || !data.EndsWith(after))
        {
            return false;
        }

        var text = data.Slice(before.Length, length);
        if (text.ContainsAny(Special) || !Utf8.IsValid(text))
        {
            return false;
        }

        var shift = _isHiddenBehind ? data.Length - _model.Length : 0;
        hidden = (_hidden.Start.Value + shift)..(_hidden.End.Value + shift);
        return true;
    }

    /// <summary>Where the text of an event that <see cref="Matches"/> stands, its quotes included.</summary>
    /// <param name="length">The event's length.</param>
    public readonly Range QuotedTextOf(int length) => (_text.Start.Value - 1)..(length - (_model!.Length - _text.End.Value) + 1);

    /// <summary>Takes an event as the one to compare with.</summary>
    /// <param name="data">An event that was read, copied and said nothing but its text.</param>
    /// <param name="text">Where the text stands, without its quotes.</param>
    /// <param name="hidden">What was left out of it; empty: nothing.</param>
    public void Learn(ReadOnlySpan<byte> data, Range text, Range hidden)
    {
        // A stream's first event has a role that the others lack.
        if (_seen++ is 0 or > MostModels || data.Length > MostBytes)
        {
            return;
        }

        _model = data.ToArray();
        _text = text;
        _hidden = hidden;
        _isHiddenBehind = hidden.Start.Value >= text.End.Value;
    }
}
