using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <content>The members that hold what is asked: prompts, inputs, messages, and what they go on from.</content>
internal ref partial struct RequestScanner
{
    // Depths as the reader counts them at a property name: 1 in the request, 3 in a message, 5 in a part of its content.
    private const int PartDepth = 5;
    private const int ResultPartDepth = 7; // in a result of a tool, which is a part itself

    private Refusal? ReadPrompt(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (_operation == InferenceOperation.Completions)
        {
            if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.StartArray))
            {
                return Refusals.InvalidValue("prompt", "The field 'prompt' must be a string or an array.");
            }

            _hasInput = true;
        }

        reader.Skip();
        return null;
    }

    private Refusal? ReadInput(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (_operation is not (InferenceOperation.Embeddings or InferenceOperation.Responses))
        {
            reader.Skip();
            return null;
        }

        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.StartArray))
        {
            return Refusals.InvalidValue("input", "The field 'input' must be a string or an array.");
        }

        _hasInput = true;
        if (_operation == InferenceOperation.Responses && reader.TokenType == JsonTokenType.StartArray)
        {
            return ReadItems(ref reader, "input");
        }

        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        _input = _operation == InferenceOperation.Embeddings ? start..(int)reader.BytesConsumed : default;
        return null;
    }

    // A provider's conversations belong to the account, which all callers share: no route here makes one.
    private readonly Refusal? ReadConversation(ref Utf8JsonReader reader)
    {
        reader.Read();
        var isAsked = _operation == InferenceOperation.Responses && reader.TokenType != JsonTokenType.Null;
        reader.Skip();
        return isAsked
            ? Refusals.UnsupportedParameter("conversation", "Conversations that a provider keeps are not offered. Use 'previous_response_id', or send the items.")
            : null;
    }

    // The same with threads: a request that goes on from one holds its last turn only, and makes no sense without it.
    private readonly Refusal? ReadThread(ref Utf8JsonReader reader)
    {
        reader.Read();
        var isAsked = IsMessages && reader.TokenType != JsonTokenType.Null;
        reader.Skip();
        return isAsked ? Refusals.ThreadUnsupported() : null;
    }

    private Refusal? ReadPreviousResponse(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (_operation != InferenceOperation.Responses || reader.TokenType == JsonTokenType.Null)
        {
            reader.Skip();
            return null;
        }

        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length is 0 or > MostResponseIdBytes)
        {
            return Refusals.InvalidValue("previous_response_id", "The field 'previous_response_id' must be the id of a response.");
        }

        _previousResponse = reader.GetString();
        return null;
    }

    private Refusal? ReadMessages(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (_operation is not (InferenceOperation.ChatCompletions or InferenceOperation.Messages or InferenceOperation.CountTokens or InferenceOperation.Condense))
        {
            reader.Skip();
            return null;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return Refusals.InvalidValue("messages", "The field 'messages' must be an array.");
        }

        _hasInput = true;
        return ReadItems(ref reader, "messages");
    }

    private Refusal? ReadItems(ref Utf8JsonReader reader, string field)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                return Refusals.InvalidValue($"{field}[{count}]", field == "messages" ? "Each message must be an object." : "Each item must be an object.");
            }

            if (++count > _limits.MaxMessages)
            {
                return Refusals.InvalidValue(field, $"The conversation has more than {_limits.MaxMessages} messages.");
            }

            if (ReadMessage(ref reader) is { } refusal)
            {
                return refusal;
            }
        }

        return count > 0 ? null : Refusals.InvalidValue(field, $"The field '{field}' must have at least one {(field == "messages" ? "message" : "item")}.");
    }

    private Refusal? ReadMessage(ref Utf8JsonReader reader)
    {
        Span<(int, int)> room = stackalloc (int, int)[NamesOnStack];
        var names = new NestedNames(_body, room);
        names.See(in reader);
        var depth = reader.CurrentDepth;
        var isInResult = false;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (names.See(in reader) is { } refusal)
            {
                return refusal;
            }

            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var isPart = reader.CurrentDepth == PartDepth;
            isInResult = isPart ? IsMessages && reader.ValueTextEquals("content"u8) : isInResult;
            if (!(isPart || (isInResult && reader.CurrentDepth == ResultPartDepth)) || !reader.ValueTextEquals("type"u8))
            {
                continue;
            }

            reader.Read();
            names.See(in reader);
            if (reader.TokenType == JsonTokenType.String && IsImage(ref reader))
            {
                _required |= ModelCapabilities.Vision;
            }
        }

        return null;
    }

    private readonly bool IsMessages => _operation is InferenceOperation.Messages or InferenceOperation.CountTokens;

    private readonly bool IsImage(ref Utf8JsonReader reader) => _operation switch
    {
        InferenceOperation.Messages or InferenceOperation.CountTokens => reader.ValueTextEquals("image"u8),
        InferenceOperation.Responses => reader.ValueTextEquals("input_image"u8),
        _ => reader.ValueTextEquals("image_url"u8),
    };
}
