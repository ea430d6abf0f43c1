using System.Globalization;
using System.Text;
using System.Text.Json;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Messages;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>What a message is made of, gathered part by part.</summary>
/// <param name="tokens">Counts what is no text of the message.</param>
internal sealed class MessageParts(TokenRules tokens)
{
    // Later in seconds would be after the year 5000: whoever writes such a number counts milliseconds.
    private const double MostSeconds = 1e11;

    private const int MostTokens = 1_000_000_000;

    // Brackets, member names and special tokens around a call's name and arguments, and around its result.
    private const int TokensPerCall = 12;
    private const int TokensPerAnswer = 4;

    // What is written into a file may be long: its beginning tells what it is about.
    private const int MostCalledCharacters = 2048;

    // Dates begin with the year 1; what is older counts as of the year 68.
    private const double LeastSeconds = -6e10;

    // Most messages are one text and no more: lists are made for those that are not.
    private string? _text;
    private List<string>? _texts;
    private List<string>? _calls;
    private List<string>? _answers;
    private List<string>? _own;
    private StringBuilder? _called;
    private int _images;
    private int _files;
    private int _otherTokens;

    /// <summary>Whether there is more than text that may be cut.</summary>
    public bool IsIndivisible { get; set; }

    /// <summary>Whether calls are answered.</summary>
    public bool HasAnswers => _answers is not null;

    /// <summary>Whether several messages that stand as one hold results of tools.</summary>
    public bool HasResults { get; set; }

    /// <summary>Whether there are thoughts of the model.</summary>
    public bool HasThoughts { get; set; }

    /// <summary>What images, files, parts that are not known and the marks around calls are thought to take.</summary>
    public int GuessedTokens { get; private set; }

    /// <summary>Adds text of the message.</summary>
    public void AddText(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        if (_text is null)
        {
            _text = text;
            return;
        }

        (_texts ??= [_text]).Add(text);
    }

    /// <summary>Adds what the model reads and nobody may cut.</summary>
    public void AddOther(string? text)
    {
        IsIndivisible = true;
        _otherTokens = Sum(_otherTokens, string.IsNullOrEmpty(text) ? 0 : tokens.Counter.CountAtMost(text));
    }

    /// <summary>Adds what is not known, whole: it may be read as text, or hold a picture or what is encrypted.</summary>
    public void AddUnknown(string json) => AddGuess(tokens.Counter.CountAtMost(json));

    /// <summary>Adds the image of a part, in whichever dialect: an address, or the data themselves, with as much detail as the part asks for.</summary>
    public void AddImage(JsonElement part)
    {
        part.TryGetValue("image_url", out var address);
        part.TryGetValue("source", out var source);
        var data = address;
        if (address.ValueKind == JsonValueKind.Object)
        {
            address.TryGetValue("url", out data);
        }
        else if (address.ValueKind != JsonValueKind.String)
        {
            source.TryGetValue("data", out data);
        }

        AddImageData(data, (address.GetText("detail") ?? part.GetText("detail")) == "low");
    }

    /// <summary>Adds an image.</summary>
    /// <param name="data">Its data, or where it stands.</param>
    /// <param name="isLow">Whether little detail is asked for.</param>
    public void AddImageData(JsonElement data, bool isLow = false)
    {
        _images++;
        AddGuess(tokens.Images.Of(ImageHeader.SizeOf(data), isLow));
    }

    /// <summary>Adds a file or a recording.</summary>
    /// <param name="base64">Its length where it stands in the message; 0: it is named only.</param>
    public void AddFile(int base64)
    {
        _files++;
        AddGuess(TokenEstimate.OfFile(base64));
    }

    /// <summary>Adds a call of a tool.</summary>
    public void AddCall(string? id, string? name, string? arguments)
    {
        (_calls ??= []).Add(id ?? "");
        AddOther(name);
        AddOther(arguments);
        AddMarks(TokensPerCall, id);
        AddCalled(name);
        AddCalled(arguments);
    }

    /// <summary>Notes that a call is answered.</summary>
    public void AddAnswer(string? id)
    {
        (_answers ??= []).Add(id ?? "");
        AddMarks(TokensPerAnswer, id);
    }

    /// <summary>Notes what a user says in a message that may hold results of tools.</summary>
    /// <param name="text">Added already; <see langword="null"/>: it is no text.</param>
    public void AddOwn(string? text) => (_own ??= []).Add(text ?? "");

    /// <summary>Lets several messages stand as one, whose calls and answers concern nobody else.</summary>
    public void ForgetCalls()
    {
        _calls = null;
        _answers = null;
    }

    /// <summary>Adds what another message's ends take.</summary>
    public void AddTokens(int count) => _otherTokens = Sum(_otherTokens, count);

    /// <summary>The message.</summary>
    public ConversationMessage ToMessage(MessageRole role, string? name = null, DateTimeOffset? timestamp = null) => new()
    {
        Role = role,
        Text = _texts is null ? _text ?? "" : string.Join('\n', _texts),
        Name = name,
        Timestamp = timestamp,
        Calls = _calls is null ? [] : [.. _calls],
        Answers = _answers is null ? [] : [.. _answers],
        Called = _called?.ToString() ?? "",
        Images = _images,
        Files = _files,
        HasThoughts = HasThoughts,
        HasResults = HasResults,
        IsIndivisible = IsIndivisible,
        OtherTokens = _otherTokens,
        OwnText = _answers is { Count: > 0 } && _own is not null ? string.Join('\n', _own) : null,
    };

    /// <summary>When a message was said: a date and time as ISO 8601 has them, or seconds or milliseconds since 1970; <see langword="null"/>: it does not say.</summary>
    /// <param name="item">The message.</param>
    /// <param name="isRead">Whether what it says could be read.</param>
    public static DateTimeOffset? TimestampOf(JsonElement item, out bool isRead)
    {
        isRead = true;
        if (!item.TryGetValue("timestamp", out var value))
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(
            value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
        {
            return moment;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && Math.Abs(number) < MostSeconds * 1000)
        {
            return DateTimeOffset.UnixEpoch.AddSeconds(Math.Clamp(Math.Abs(number) < MostSeconds ? number : number / 1000, LeastSeconds, MostSeconds));
        }

        isRead = false;
        return null;
    }

    private void AddCalled(string? text)
    {
        _called ??= new StringBuilder();
        var room = MostCalledCharacters - _called.Length;
        if (string.IsNullOrEmpty(text) || room <= 0)
        {
            return;
        }

        // Never half of a pair.
        var length = Math.Min(text.Length, room);
        length -= length < text.Length && char.IsHighSurrogate(text[length - 1]) ? 1 : 0;
        _called.Append(text, 0, length).Append('\n');
    }

    // How a call is shown to a model, each provider decides: some with the id, some without.
    private void AddMarks(int marks, string? id) => AddGuess(marks + (string.IsNullOrEmpty(id) ? 0 : tokens.Counter.CountAtMost(id)));

    // A guess for each of the millions of parts that a body has room for would else pass the range of numbers.
    private void AddGuess(int count)
    {
        IsIndivisible = true;
        GuessedTokens = Sum(GuessedTokens, count);
        _otherTokens = Sum(_otherTokens, count);
    }

    private static int Sum(int one, int other) => (int)Math.Min((long)one + other, MostTokens);
}
