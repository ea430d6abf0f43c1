using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <content>The members that the pipeline reads.</content>
internal ref partial struct RequestScanner
{
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

    // A limit of another route's name bounds nothing that is reserved for: who is asked may leave it out, or not know it.
    private Refusal? ReadMaxTokens(ref Utf8JsonReader reader, string field, bool isOwn)
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

        _maxOutputTokens = isOwn ? Math.Max(_maxOutputTokens, tokens) : _maxOutputTokens;
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
}
