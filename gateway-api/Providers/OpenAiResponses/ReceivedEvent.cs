using System.Text.Json;
using System.Text.Unicode;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OpenAiResponses;

/// <summary>What one pass over an event of a Responses stream finds. Values are where they stand in the event.</summary>
internal ref struct ReceivedEvent
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    /// <summary>What happened.</summary>
    public ReceivedKind Kind;

    /// <summary>The event's <c>type</c> as it stands, without quotes; empty: it has none.</summary>
    public ReadOnlySpan<byte> Type;

    /// <summary>The JSON string of <c>delta</c>; empty: none.</summary>
    public ReadOnlySpan<byte> Delta;

    /// <summary>The JSON string of <c>arguments</c>; empty: none.</summary>
    public ReadOnlySpan<byte> Arguments;

    /// <summary>The object <c>response</c>; empty: none.</summary>
    public ReadOnlySpan<byte> Response;

    /// <summary>The object <c>item</c>; empty: none.</summary>
    public ReadOnlySpan<byte> Item;

    /// <summary>There is an <c>error</c> that is not null.</summary>
    public bool HasError;

    public int OutputIndex;

    public int SummaryIndex;

    public int Sequence;

    /// <summary>Reads an event.</summary>
    /// <returns><see langword="false"/> when it is not a JSON object.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, out ReceivedEvent received)
    {
        received = default;
        if (!Utf8.IsValid(data))
        {
            return false;
        }

        try
        {
            return TryReadObject(data, out received);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter: a name with half a surrogate pair in an escape.
            return false;
        }
    }

    private static bool TryReadObject(ReadOnlySpan<byte> data, out ReceivedEvent received)
    {
        var read = default(ReceivedEvent);
        var reader = new Utf8JsonReader(data, Options);
        received = default;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            read.ReadMember(ref reader, data);
        }

        reader.Read(); // throws where anything but white space follows
        read.Kind = read.HasError ? ReceivedKind.Error : KindOf(read.Type);
        received = read;
        return true;
    }

    private void ReadMember(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        var name = reader.ValueSpan;
        if (name.SequenceEqual("type"u8))
        {
            Type = JsonText.Inner(JsonText.ReadString(ref reader, data));
        }
        else if (name.SequenceEqual("delta"u8))
        {
            Delta = JsonText.ReadString(ref reader, data);
        }
        else if (name.SequenceEqual("arguments"u8))
        {
            Arguments = JsonText.ReadString(ref reader, data);
        }
        else if (name.SequenceEqual("response"u8))
        {
            Response = ReadObject(ref reader, data);
        }
        else if (name.SequenceEqual("item"u8))
        {
            Item = ReadObject(ref reader, data);
        }
        else if (name.SequenceEqual("error"u8))
        {
            reader.Read();
            HasError |= reader.TokenType != JsonTokenType.Null;
            reader.Skip();
        }
        else if (name.SequenceEqual("output_index"u8))
        {
            OutputIndex = ReadNumber(ref reader);
        }
        else if (name.SequenceEqual("summary_index"u8) || name.SequenceEqual("content_index"u8))
        {
            SummaryIndex = ReadNumber(ref reader);
        }
        else if (name.SequenceEqual("sequence_number"u8))
        {
            Sequence = ReadNumber(ref reader);
        }
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    private static ReadOnlySpan<byte> ReadObject(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        reader.Skip();
        return isObject ? data[start..(int)reader.BytesConsumed] : default;
    }

    private static int ReadNumber(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
        {
            return number;
        }

        reader.Skip();
        return 0;
    }

    private static ReceivedKind KindOf(ReadOnlySpan<byte> type)
    {
        const int Prefix = 9;
        if (!type.StartsWith("response."u8))
        {
            return type.SequenceEqual("error"u8) ? ReceivedKind.Error : ReceivedKind.Other;
        }

        // Deltas first: nearly all events are.
        type = type[Prefix..];
        return type.SequenceEqual("output_text.delta"u8) ? ReceivedKind.Text
            : type.SequenceEqual("function_call_arguments.delta"u8) ? ReceivedKind.Arguments
            : type.SequenceEqual("reasoning_summary_text.delta"u8) ? ReceivedKind.Summary
            : type.SequenceEqual("reasoning_text.delta"u8) ? ReceivedKind.Reasoning
            : type.SequenceEqual("refusal.delta"u8) ? ReceivedKind.Refusal
            : type.SequenceEqual("function_call_arguments.done"u8) ? ReceivedKind.ArgumentsDone
            : type.SequenceEqual("output_item.added"u8) ? ReceivedKind.ItemAdded
            : type.SequenceEqual("output_item.done"u8) ? ReceivedKind.ItemDone
            : type.SequenceEqual("created"u8) ? ReceivedKind.Created
            : type.SequenceEqual("completed"u8) ? ReceivedKind.Completed
            : type.SequenceEqual("incomplete"u8) ? ReceivedKind.Incomplete
            : type.SequenceEqual("failed"u8) ? ReceivedKind.Failed
            : type.SequenceEqual("cancelled"u8) ? ReceivedKind.Failed
            : type.SequenceEqual("in_progress"u8) || type.SequenceEqual("queued"u8) || type.EndsWith("part.added"u8) ? ReceivedKind.Announcement
            : ReceivedKind.Other;
    }
}

/// <summary>What an event tells.</summary>
internal enum ReceivedKind
{
    /// <summary>Something that another dialect has no word for: a part's end, a search of the provider's own, an annotation.</summary>
    Other = 0,

    Text = 1,

    Refusal = 2,

    /// <summary>More of a summary of thoughts.</summary>
    Summary = 3,

    /// <summary>More of the thoughts themselves.</summary>
    Reasoning = 4,

    Arguments = 5,

    ArgumentsDone = 6,

    ItemAdded = 7,

    ItemDone = 8,

    Created = 9,

    /// <summary>Something is about to be said.</summary>
    Announcement = 10,

    Completed = 11,

    /// <summary>A limit or a filter ended the answer.</summary>
    Incomplete = 12,

    Failed = 13,

    Error = 14,
}
