using System.Text.Json;
using System.Text.Unicode;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Cohere;

/// <summary>What one event of a stream says. Texts are JSON strings as they stand, quotes included; empty: not said.</summary>
internal ref struct CohereEvent
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    public ReadOnlySpan<byte> Type;
    public ReadOnlySpan<byte> Id;

    /// <summary>Of a call; −1: not told.</summary>
    public int Index;

    public ReadOnlySpan<byte> Text;
    public ReadOnlySpan<byte> Thinking;
    public ReadOnlySpan<byte> Plan;
    public ReadOnlySpan<byte> CallId;
    public ReadOnlySpan<byte> CallName;
    public ReadOnlySpan<byte> Arguments;
    public ReadOnlySpan<byte> Finish;

    /// <summary>The words of an error body that came as an event.</summary>
    public ReadOnlySpan<byte> ErrorMessage;

    /// <summary>Tokens billed; <see langword="null"/>: not told.</summary>
    public TokenUsage? Usage;

    /// <summary>Reads an event.</summary>
    /// <returns><see langword="false"/> when it is not a JSON object.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, out CohereEvent told)
    {
        told = default;
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

            var read = default(CohereEvent);
            read.Index = -1;
            read.ReadEvent(ref reader, data);
            reader.Read(); // throws where anything but white space follows
            told = read;
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private void ReadEvent(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("type"u8))
            {
                Type = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                Id = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                ErrorMessage = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("index"u8))
            {
                ReadIndex(ref reader);
            }
            else if (!reader.ValueTextEquals("delta"u8))
            {
                JsonText.SkipValue(ref reader);
            }
            else if (JsonText.EnterObject(ref reader))
            {
                ReadDelta(ref reader, data);
            }
        }
    }

    private void ReadDelta(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("finish_reason"u8))
            {
                Finish = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("message"u8))
            {
                if (JsonText.EnterObject(ref reader))
                {
                    ReadMessage(ref reader, data);
                }
            }
            else if (!reader.ValueTextEquals("usage"u8))
            {
                JsonText.SkipValue(ref reader);
            }
            else if (JsonText.EnterObject(ref reader))
            {
                Usage = CohereUsage.Read(ref reader);
            }
        }
    }

    private void ReadMessage(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("tool_plan"u8))
            {
                Plan = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("content"u8))
            {
                if (JsonText.EnterObject(ref reader))
                {
                    ReadContent(ref reader, data);
                }
            }
            else if (!reader.ValueTextEquals("tool_calls"u8))
            {
                JsonText.SkipValue(ref reader);
            }
            else if (JsonText.EnterObject(ref reader))
            {
                ReadCall(ref reader, data);
            }
        }
    }

    private void ReadContent(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("text"u8))
            {
                Text = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("thinking"u8))
            {
                Thinking = JsonText.ReadString(ref reader, data);
            }
            else
            {
                JsonText.SkipValue(ref reader);
            }
        }
    }

    private void ReadCall(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                CallId = JsonText.ReadString(ref reader, data);
            }
            else if (!reader.ValueTextEquals("function"u8))
            {
                JsonText.SkipValue(ref reader);
            }
            else if (JsonText.EnterObject(ref reader))
            {
                ReadFunction(ref reader, data);
            }
        }
    }

    private void ReadFunction(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                CallName = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("arguments"u8))
            {
                Arguments = JsonText.ReadString(ref reader, data);
            }
            else
            {
                JsonText.SkipValue(ref reader);
            }
        }
    }

    private void ReadIndex(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index))
        {
            Index = index;
        }

        reader.Skip();
    }
}
