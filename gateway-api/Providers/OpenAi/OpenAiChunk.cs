using System.Text.Json;
using System.Text.Unicode;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>What one pass over an event of a stream finds.</summary>
internal struct OpenAiChunk
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    /// <summary>There is at least one choice.</summary>
    public bool HasChoices;

    /// <summary>A choice says something: text, a refusal, reasoning, audio, or a piece of a call.</summary>
    public bool HasContent;

    /// <summary>Where the text of the only choice stands, without its quotes; empty: the event says something else, or more.</summary>
    public Range OnlyText;

    /// <summary>Choices that end with this event.</summary>
    public int Finished;

    /// <summary>Something that OpenAI's clients do not read: content as an array, or a call without its <c>index</c>.</summary>
    public bool NeedsRepair;

    /// <summary>The provider reports a failure.</summary>
    public bool IsError;

    /// <summary>Tokens billed so far; <see langword="null"/>: not told.</summary>
    public TokenUsage? Usage;

    /// <summary>Where the usage object stands; empty: there is none, or it is null.</summary>
    public Range UsageToken;

    /// <summary>What to leave out so that the member <c>usage</c> is gone, comma included; empty: there is none.</summary>
    public Range UsageMember;

    private bool _usageIsFirst;

    /// <summary>Reads an event.</summary>
    /// <returns><see langword="false"/> when it is not a JSON object.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, out OpenAiChunk chunk)
    {
        chunk = default;
        if (!Utf8.IsValid(data))
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(data, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            chunk.ReadObject(ref reader);
            reader.Read(); // throws where anything but white space follows
            return true;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: a name with half a surrogate pair in an escape.
            return false;
        }
    }

    private void ReadObject(ref Utf8JsonReader reader)
    {
        var previousEnd = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var nameStart = (int)reader.TokenStartIndex;
            if (_usageIsFirst)
            {
                UsageMember = UsageMember.Start..nameStart;
                _usageIsFirst = false;
            }

            ReadMember(ref reader, previousEnd, nameStart);
            previousEnd = (int)reader.BytesConsumed;
        }
    }

    private void ReadMember(ref Utf8JsonReader reader, int previousEnd, int nameStart)
    {
        var name = reader.ValueSpan;
        switch (name.Length)
        {
            case 7 when name.SequenceEqual("choices"u8):
                ReadChoices(ref reader);
                return;
            case 5 when name.SequenceEqual("usage"u8):
                ReadUsage(ref reader);
                _usageIsFirst = previousEnd == 0;
                UsageMember = (_usageIsFirst ? nameStart : previousEnd)..(int)reader.BytesConsumed;
                return;
            case 6 when name.SequenceEqual("x_groq"u8):
                ReadGroq(ref reader);
                return;
            case 5 when name.SequenceEqual("error"u8):
                reader.Read();
                IsError |= reader.TokenType != JsonTokenType.Null;
                reader.Skip();
                return;
            case 6 when name.SequenceEqual("object"u8):
                reader.Read();
                IsError |= reader.TokenType == JsonTokenType.String && reader.ValueSpan.SequenceEqual("error"u8);
                reader.Skip();
                return;
            default:
                reader.Read();
                reader.Skip();
                return;
        }
    }

    private void ReadUsage(ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        Usage = OpenAiUsage.Read(ref reader);
        UsageToken = start..(int)reader.BytesConsumed;
    }

    // Groq tells the usage in a member of its own where it was not asked for.
    private void ReadGroq(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (UsageToken.Equals(default) && reader.ValueTextEquals("usage"u8))
            {
                ReadUsage(ref reader);
                continue;
            }

            reader.Read();
            reader.Skip();
        }
    }

    private void ReadChoices(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            HasChoices = true;
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadChoice(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private void ReadChoice(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            if (name.SequenceEqual("delta"u8))
            {
                ReadDelta(ref reader);
                continue;
            }

            var isText = name.SequenceEqual("text"u8);
            var isFinish = name.SequenceEqual("finish_reason"u8);
            reader.Read();
            if (reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty)
            {
                HasContent |= isText;
                Finished += isFinish ? 1 : 0;
            }

            reader.Skip();
        }
    }

    private void ReadDelta(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            if (name.SequenceEqual("role"u8))
            {
                reader.Read();
                reader.Skip();
            }
            else if (name.SequenceEqual("tool_calls"u8))
            {
                ReadCalls(ref reader);
            }
            else
            {
                ReadSaid(ref reader, name.SequenceEqual("content"u8));
            }
        }
    }

    // Whatever a delta has besides the role is said to the client: text, refusal, reasoning under any of its names, audio, a call.
    private void ReadSaid(ref Utf8JsonReader reader, bool isContent)
    {
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                var text = ((int)reader.TokenStartIndex + 1)..((int)reader.BytesConsumed - 1);
                OnlyText = isContent && !HasContent ? text : default;
                HasContent |= !reader.ValueSpan.IsEmpty;
                return;
            case JsonTokenType.StartArray:
                var start = reader.BytesConsumed;
                reader.Skip();
                HasContent |= reader.TokenStartIndex > start;
                NeedsRepair |= isContent;
                return;
            case JsonTokenType.StartObject:
                HasContent = true;
                reader.Skip();
                return;
            default:
                return;
        }
    }

    private void ReadCalls(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            HasContent = true;
            OnlyText = default;
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            var hasIndex = false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isIndex = reader.ValueSpan.SequenceEqual("index"u8);
                reader.Read();
                hasIndex |= isIndex && reader.TokenType == JsonTokenType.Number;
                reader.Skip();
            }

            NeedsRepair |= !hasIndex;
        }
    }
}
