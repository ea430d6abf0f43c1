using System.Text.Json;
using System.Text.Unicode;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Ollama;

/// <summary>
/// What one line of an answer says; a whole answer is one line. Texts are JSON strings as they stand, quotes included;
/// empty: not said.
/// </summary>
internal ref struct OllamaLine
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    public ReadOnlySpan<byte> Model;
    public ReadOnlySpan<byte> Text;
    public ReadOnlySpan<byte> Thinking;

    /// <summary>The list of calls as it stands; empty: there is none.</summary>
    public ReadOnlySpan<byte> Calls;

    /// <summary>There is a message, even if it says nothing.</summary>
    public bool HasMessage;

    /// <summary>It is the last line.</summary>
    public bool IsDone;

    public ReadOnlySpan<byte> DoneReason;

    /// <summary>The server reports a failure.</summary>
    public bool IsError;

    private long _prompt;
    private long _cached;
    private long _answer;

    /// <summary>Tokens billed; <see langword="null"/>: not told.</summary>
    public readonly TokenUsage? Usage => _prompt + _answer == 0
        ? null
        : new TokenUsage(_prompt - Math.Min(_cached, _prompt), Math.Min(_cached, _prompt), 0, _answer, 0);

    /// <summary>Reads a line.</summary>
    /// <returns><see langword="false"/> when it is not a JSON object.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, out OllamaLine told)
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

            var read = default(OllamaLine);
            read.ReadLine(ref reader, data);
            reader.Read(); // throws where anything but white space follows
            told = read;
            return true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private void ReadLine(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("message"u8))
            {
                ReadMessage(ref reader, data);
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                Model = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("done"u8))
            {
                IsDone = ReadValue(ref reader) == JsonTokenType.True;
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                IsError = ReadValue(ref reader) != JsonTokenType.Null;
            }
            else if (reader.ValueTextEquals("done_reason"u8))
            {
                DoneReason = JsonText.ReadString(ref reader, data);
            }
            else
            {
                ReadCounts(ref reader);
            }
        }
    }

    private void ReadCounts(scoped ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("prompt_eval_count"u8))
        {
            _prompt = JsonText.ReadCount(ref reader);
        }
        else if (reader.ValueTextEquals("prompt_eval_cached_count"u8))
        {
            _cached = JsonText.ReadCount(ref reader);
        }
        else if (reader.ValueTextEquals("eval_count"u8))
        {
            _answer = JsonText.ReadCount(ref reader);
        }
        else
        {
            ReadValue(ref reader);
        }
    }

    private void ReadMessage(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        HasMessage = reader.Read() && reader.TokenType == JsonTokenType.StartObject;
        if (!HasMessage)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
            {
                Text = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("thinking"u8))
            {
                Thinking = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("tool_calls"u8))
            {
                ReadCalls(ref reader, data);
            }
            else
            {
                ReadValue(ref reader);
            }
        }
    }

    private void ReadCalls(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        var isList = reader.TokenType == JsonTokenType.StartArray;
        reader.Skip();
        if (isList)
        {
            Calls = data[start..(int)reader.BytesConsumed];
        }
    }

    private static JsonTokenType ReadValue(ref Utf8JsonReader reader)
    {
        reader.Read();
        var type = reader.TokenType;
        reader.Skip();
        return type;
    }
}
