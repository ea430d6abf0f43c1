using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <content>The members that the pipeline reads.</content>
internal ref partial struct RequestScanner
{
    // Depths as the reader counts them at a property name: 1 in the request, 3 in a message, 5 in a part of its content.
    private const int PartDepth = 5;
    private const int ResultPartDepth = 7; // in a result of a tool, which is a part itself

    private Refusal? ReadModel(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.String)
        {
            return Refusals.InvalidValue("model", "The field 'model' must be a string.");
        }

        _modelToken = (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
        if (reader.ValueSpan.Length > MostModelBytes)
        {
            return Refusals.InvalidValue("model", $"The field 'model' is longer than {MostModelBytes} bytes.");
        }

        Span<byte> unescaped = stackalloc byte[MostModelBytes];
        var name = reader.ValueIsEscaped ? unescaped[..reader.CopyString(unescaped)] : reader.ValueSpan;
        if (name.IsEmpty || name.ContainsAnyInRange((byte)0, (byte)0x1f) || name.Contains((byte)0x7f))
        {
            return Refusals.InvalidValue("model", "The field 'model' is empty or has control characters.");
        }

        if (IsStep(name))
        {
            return Refusals.InvalidValue("model", "The field 'model' names a step in a path, and no model.");
        }

        _model = _names.Get(name);
        return null;
    }

    // Of all names these alone would stay what they are in a provider's path, however they are escaped.
    private static bool IsStep(ReadOnlySpan<byte> model)
    {
        var last = model[(model.LastIndexOf((byte)'/') + 1)..];
        return last.SequenceEqual("."u8) || last.SequenceEqual(".."u8);
    }

    private static Refusal? ReadFlag(ref Utf8JsonReader reader, string field, out bool value)
    {
        reader.Read();
        value = reader.TokenType == JsonTokenType.True;
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null
            ? null
            : Refusals.InvalidValue(field, $"The field '{field}' must be true or false.");
    }

    private Refusal? ReadChoices(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        var most = _operation == InferenceOperation.ImageGenerations ? _limits.MaxImages : _limits.MaxChoices;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var choices) || choices < 1 || choices > most)
        {
            return Refusals.InvalidValue(field, $"The field '{field}' must be a whole number from 1 to {most}.");
        }

        if (field == "n")
        {
            _choices = choices;
        }

        _paidChoices = Math.Max(_paidChoices, choices);
        return null;
    }

    private Refusal? ReadMaxTokens(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var tokens) || tokens < 0)
        {
            return Refusals.InvalidValue(field, $"The field '{field}' must be a whole number, at least 0.");
        }

        if (_limits.MaxOutputTokens > 0 && tokens > _limits.MaxOutputTokens)
        {
            return Refusals.InvalidValue(field, $"The field '{field}' must be at most {_limits.MaxOutputTokens}.");
        }

        _maxOutputTokens = Math.Max(_maxOutputTokens, tokens);
        return null;
    }

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

    private void ReadResponseFormat(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String
                && (reader.ValueTextEquals("json_object"u8) || reader.ValueTextEquals("json_schema"u8)))
            {
                _required |= ModelCapabilities.Json;
            }

            reader.Skip();
        }
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

    // {"format":{"type":"json_schema",…},…}: Anthropic's output_config, and the text of Responses.
    private void ReadFormatIn(ref Utf8JsonReader reader, bool isAsked)
    {
        reader.Read();
        if (!isAsked || reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("format"u8))
            {
                ReadResponseFormat(ref reader);
            }
            else
            {
                JsonText.SkipValue(ref reader);
            }
        }
    }

    private Refusal? ReadStreamOptions(ref Utf8JsonReader reader, int previousEnd, int nameStart)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null))
        {
            return Refusals.InvalidValue("stream_options", "The field 'stream_options' must be an object.");
        }

        // Asked once: inside, a null is some option's value and not the end.
        var isObject = reader.TokenType == JsonTokenType.StartObject;
        while (isObject && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("include_usage"u8))
            {
                JsonText.SkipValue(ref reader);
                continue;
            }

            if (!_includeUsageToken.Equals(default))
            {
                return Refusals.InvalidJson($"The request's body has 'include_usage' twice, the second time at byte {reader.TokenStartIndex}.");
            }

            if (ReadFlag(ref reader, "stream_options.include_usage", out _includeUsage) is { } refusal)
            {
                return refusal;
            }

            _includeUsageToken = (int)reader.TokenStartIndex..(int)reader.BytesConsumed;
        }

        _streamOptions = start..(int)reader.BytesConsumed;
        _optionsAreFirst = previousEnd == 0;
        _streamOptionsMember = (_optionsAreFirst ? nameStart : previousEnd)..(int)reader.BytesConsumed;
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
