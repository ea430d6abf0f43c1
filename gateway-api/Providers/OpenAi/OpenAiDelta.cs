using System.Text.Json;
using ProxyCluster.GatewayApi.ChatCompletions;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>Says what a chunk's first choice says to a writer of another dialect. The chunk was read before without error.</summary>
internal static class OpenAiDelta
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    /// <summary>Finds <c>id</c> and <c>model</c> as JSON strings; empty: there is none.</summary>
    public static void ReadHead(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> id, out ReadOnlySpan<byte> model)
    {
        id = model = default;
        var reader = new Utf8JsonReader(data, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("id"u8))
            {
                id = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("model"u8))
            {
                model = JsonText.ReadString(ref reader, data);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    /// <summary>Says the chunk's pieces.</summary>
    /// <returns>Why the answer ended; <see langword="null"/>: it goes on.</returns>
    public static FinishReason? Read(ReadOnlySpan<byte> data, AnswerStream client, OpenAiCalls calls)
    {
        var reader = new Utf8JsonReader(data, Options);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isChoices = reader.ValueTextEquals("choices"u8);
            reader.Read();
            if (!isChoices || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            reader.Read();
            return reader.TokenType == JsonTokenType.StartObject ? ReadChoice(ref reader, data, client, calls) : null;
        }

        return null;
    }

    private static FinishReason? ReadChoice(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, AnswerStream client, OpenAiCalls calls)
    {
        FinishReason? finish = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isDelta = reader.ValueTextEquals("delta"u8);
            var isFinish = reader.ValueTextEquals("finish_reason"u8);
            reader.Read();
            if (isDelta && reader.TokenType == JsonTokenType.StartObject)
            {
                ReadDelta(ref reader, data, client, calls);
            }
            else if (isFinish && reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty)
            {
                finish = ChatFinish.Parse(reader.ValueSpan);
            }
            else
            {
                reader.Skip();
            }
        }

        return finish;
    }

    private static void ReadDelta(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, AnswerStream client, OpenAiCalls calls)
    {
        var hasThought = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
            {
                ReadContent(ref reader, data, client, isThought: false);
            }
            else if (!hasThought && (reader.ValueTextEquals("reasoning_content"u8) || reader.ValueTextEquals("reasoning"u8)))
            {
                // Some servers send the same thought under both names.
                var thought = JsonText.ReadString(ref reader, data);
                hasThought = thought.Length > 2;
                if (hasThought)
                {
                    client.Reasoning(thought);
                }
            }
            else if (reader.ValueTextEquals("refusal"u8))
            {
                var refusal = JsonText.ReadString(ref reader, data);
                if (refusal.Length > 2)
                {
                    client.Refusal(refusal);
                }
            }
            else if (reader.ValueTextEquals("tool_calls"u8))
            {
                ReadCalls(ref reader, data, client, calls);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    // A string, or Mistral's list of parts: text, and thoughts with parts of their own.
    private static void ReadContent(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, AnswerStream client, bool isThought)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            Say(JsonText.TokenAt(ref reader, data), client, isThought);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadPart(ref reader, data, client, isThought);
            }
            else if (reader.TokenType == JsonTokenType.String)
            {
                Say(JsonText.TokenAt(ref reader, data), client, isThought);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadPart(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, AnswerStream client, bool isThought)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("text"u8))
            {
                Say(JsonText.ReadString(ref reader, data), client, isThought);
            }
            else if (reader.ValueTextEquals("thinking"u8) && !isThought)
            {
                ReadContent(ref reader, data, client, isThought: true);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }

    private static void Say(ReadOnlySpan<byte> json, AnswerStream client, bool isThought)
    {
        if (json.Length <= 2)
        {
            return;
        }

        if (isThought)
        {
            client.Reasoning(json);
        }
        else
        {
            client.Text(json);
        }
    }

    private static void ReadCalls(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, AnswerStream client, OpenAiCalls calls)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                ReadCall(ref reader, data, client, calls);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadCall(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, AnswerStream client, OpenAiCalls calls)
    {
        int? index = null;
        ReadOnlySpan<byte> id = default, name = default, arguments = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("index"u8))
            {
                reader.Read();
                index = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var told) ? told : null;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                id = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("function"u8))
            {
                ReadFunction(ref reader, data, ref name, ref arguments);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (calls.Find(index, id.Length > 2 || name.Length > 2, out var call))
        {
            client.BeginCall(id.Length > 2 ? id : JsonText.Quote($"call_{call}"), name);
        }

        if (arguments.Length > 2)
        {
            client.Arguments(call, arguments);
        }
    }

    private static void ReadFunction(ref Utf8JsonReader reader, ReadOnlySpan<byte> data, ref ReadOnlySpan<byte> name, ref ReadOnlySpan<byte> arguments)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                name = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("arguments"u8))
            {
                arguments = JsonText.ReadString(ref reader, data);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }
    }
}
