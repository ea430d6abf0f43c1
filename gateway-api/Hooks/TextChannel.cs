using System.Buffers;
using System.Globalization;
using System.Text;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>One text of a stream that comes piece by piece: of a choice, a block, an item, a call.</summary>
/// <param name="key">What it is the text of: parts joined by <see cref="Separator"/>.</param>
/// <param name="run">Its way through the hooks.</param>
/// <param name="template">An event that says more of it.</param>
/// <param name="isRepeated">The dialect tells the text again when it is whole.</param>
internal sealed class TextChannel(string key, ITextRun run, EventTemplate template, bool isRepeated)
{
    /// <summary>Between the parts of a key: no name has it.</summary>
    public const char Separator = '\u001f';

    private readonly StringBuilder _original = new();
    private readonly StringBuilder _result = new();

    public string Key => key;

    public EventTemplate Template => template;

    /// <summary>Its last piece has come.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>All that came.</summary>
    public string Original => _original.ToString();

    /// <summary>All that was told of it.</summary>
    public string Result => _result.ToString();

    /// <summary>Takes a piece.</summary>
    public async ValueTask<StageResult> PushAsync(string piece, bool isEnd)
    {
        IsEnded |= isEnd;
        var result = await run.PushAsync(piece, isEnd);
        if (isRepeated)
        {
            _original.Append(piece);
            _result.Append(result.Text);
        }

        return result;
    }
}

/// <summary>An event with a gap for a text, and perhaps one for its number.</summary>
/// <param name="Head">Up to the text's JSON string.</param>
/// <param name="Tail">After it, or up to the number.</param>
/// <param name="AfterNumber">After the number; <see langword="null"/>: events are not numbered.</param>
internal sealed record EventTemplate(string Head, string Tail, string? AfterNumber = null)
{
    /// <summary>Writes the event.</summary>
    public void Write(string text, int number, IBufferWriter<byte> output)
    {
        Encoding.UTF8.GetBytes(Head, output);
        output.Write(JsonStrings.Quote(text));
        Encoding.UTF8.GetBytes(Tail, output);
        if (AfterNumber is not null)
        {
            Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture), output);
            Encoding.UTF8.GetBytes(AfterNumber, output);
        }
    }
}
