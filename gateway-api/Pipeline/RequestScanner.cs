using System.Text.Json;
using System.Text.Unicode;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>Finds in one pass over a request's body what the pipeline needs, and whether the body may go on at all.</summary>
internal ref partial struct RequestScanner
{
    private const int NamesOnStack = 32;
    private const int MostModelBytes = 256;
    private const int MostResponseIdBytes = 256;
    private const string DefaultModerationModel = "omni-moderation-latest"; // as OpenAI's reference has it

    private const string UnknownModel = "unknown"; // whose tokenizer is an upper bound

    private readonly ReadOnlySpan<byte> _body;
    private readonly InferenceOperation _operation;
    private readonly InputLimitOptions _limits;
    private readonly ModelNames _names;

    private string? _model;
    private Range _modelToken;
    private bool _stream;
    private bool _includeUsage;
    private Range _streamOptions;
    private Range _includeUsageToken;
    private Range _streamOptionsMember;
    private bool _optionsAreFirst;
    private int _maxOutputTokens;
    private int _choices = 1;
    private int _paidChoices = 1;
    private int _closingBrace;
    private bool _hasInput;
    private Range _input;
    private string? _previousResponse;
    private ModelCapabilities _required;

    private RequestScanner(ReadOnlySpan<byte> body, InferenceOperation operation, InputLimitOptions limits, ModelNames names)
    {
        _body = body;
        _operation = operation;
        _limits = limits;
        _names = names;
    }

    /// <summary>Reads a body.</summary>
    /// <returns>Why it is refused; <see langword="null"/>: <paramref name="request"/> is set.</returns>
    public static Refusal? Scan(
        ReadOnlyMemory<byte> body, InferenceOperation operation, InputLimitOptions limits, ModelNames names, out InferenceRequest? request)
    {
        request = null;
        var bytes = body.Span;
        if (bytes.IsEmpty)
        {
            return Refusals.InvalidJson("The request's body is empty.");
        }

        // The reader does not look into strings, so that half a character would be passed on.
        if (!Utf8.IsValid(bytes))
        {
            return Refusals.InvalidJson("The request's body is not valid UTF-8.");
        }

        var scanner = new RequestScanner(bytes, operation, limits, names);
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = limits.MaxJsonDepth });
        try
        {
            if (scanner.ReadObject(ref reader, bytes) is { } refusal)
            {
                return refusal;
            }
        }
        catch (JsonException)
        {
            var isDeep = reader.CurrentDepth >= limits.MaxJsonDepth;
            return Refusals.InvalidJson(isDeep
                ? $"The request's body is nested deeper than {limits.MaxJsonDepth} levels, at byte {reader.BytesConsumed}."
                : $"The request's body is not valid JSON, at byte {reader.BytesConsumed}.");
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair in an escape.
            return Refusals.InvalidJson($"The request's body has a string that is not valid Unicode, at byte {reader.TokenStartIndex}.");
        }

        return scanner.Finish(body, out request);
    }

    private Refusal? ReadObject(ref Utf8JsonReader reader, ReadOnlySpan<byte> body)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return Refusals.InvalidJson("The request's body must be a JSON object.");
        }

        Span<(int, int)> room = stackalloc (int, int)[NamesOnStack];
        var seen = new TopLevelNames(body, room);
        var previousEnd = 0;
        Refusal? unfit = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!seen.TryAdd(in reader))
            {
                return Refusals.InvalidJson($"The request's body has a member twice, the second time at byte {reader.TokenStartIndex}.");
            }

            var nameStart = (int)reader.TokenStartIndex;
            if (_optionsAreFirst)
            {
                _streamOptionsMember = _streamOptionsMember.Start..nameStart;
                _optionsAreFirst = false;
            }

            // That it is JSON at all comes first: a wrong value is told only of a body that is whole.
            if (ReadMember(ref reader, previousEnd, nameStart) is { } refusal)
            {
                unfit ??= refusal;
                LeaveMember(ref reader);
            }

            previousEnd = (int)reader.BytesConsumed;
        }

        _closingBrace = (int)reader.TokenStartIndex;
        reader.Read(); // throws where anything but white space follows
        return unfit;
    }

    private static void LeaveMember(ref Utf8JsonReader reader)
    {
        reader.Skip();
        while (reader.CurrentDepth > 1)
        {
            reader.Read();
        }
    }

    private Refusal? ReadMember(ref Utf8JsonReader reader, int previousEnd, int nameStart)
    {
        // By length first: most members are of no interest.
        var name = reader.ValueSpan;
        if (reader.ValueIsEscaped)
        {
            return ReadEscapedMember(ref reader);
        }

        if (ForeignHost.Refuse(name) is { } foreign)
        {
            return foreign;
        }

        var isOfImages = _operation == InferenceOperation.ImageGenerations && name.SequenceEqual("n"u8);
        if (_operation.IsPassThrough() && !isOfImages && !name.SequenceEqual("model"u8))
        {
            JsonText.SkipValue(ref reader);
            return null;
        }

        switch (name.Length)
        {
            case 1 when name[0] == 'n':
                return ReadChoices(ref reader, "n");
            case 4 when name.SequenceEqual("text"u8):
                ReadFormatIn(ref reader, _operation == InferenceOperation.Responses);
                return null;
            case 5 when name.SequenceEqual("model"u8):
                return ReadModel(ref reader);
            case 5 when name.SequenceEqual("tools"u8):
                return ReadTools(ref reader, "tools");
            case 9 when name.SequenceEqual("functions"u8):
                return ReadTools(ref reader, "functions");
            case 5 when name.SequenceEqual("input"u8):
                return ReadInput(ref reader);
            case 6 when name.SequenceEqual("prompt"u8):
                return ReadPrompt(ref reader);
            case 6 when name.SequenceEqual("stream"u8):
                return ReadFlag(ref reader, "stream", out _stream);
            case 6 when name.SequenceEqual("thread"u8):
                return ReadThread(ref reader);
            case 7 when name.SequenceEqual("best_of"u8):
                return ReadChoices(ref reader, "best_of");
            case 8 when name.SequenceEqual("messages"u8):
                return ReadMessages(ref reader);
            case 10 when name.SequenceEqual("max_tokens"u8) && _operation != InferenceOperation.Condense:
                return ReadMaxTokens(ref reader, "max_tokens", _operation != InferenceOperation.Responses);
            case 12 when name.SequenceEqual("conversation"u8):
                return ReadConversation(ref reader);
            case 13 when name.SequenceEqual("output_config"u8):
                ReadFormatIn(ref reader, IsMessages);
                return null;
            case 14 when name.SequenceEqual("stream_options"u8):
                return ReadStreamOptions(ref reader, previousEnd, nameStart);
            case 15 when name.SequenceEqual("response_format"u8):
                ReadResponseFormat(ref reader);
                return null;
            case 17 when name.SequenceEqual("max_output_tokens"u8):
                return ReadMaxTokens(ref reader, "max_output_tokens", _operation == InferenceOperation.Responses);
            case 20 when name.SequenceEqual("previous_response_id"u8):
                return ReadPreviousResponse(ref reader);
            case 21 when name.SequenceEqual("max_completion_tokens"u8):
                return ReadMaxTokens(ref reader, "max_completion_tokens", _operation == InferenceOperation.ChatCompletions);
            default:
                JsonText.SkipValue(ref reader);
                return null;
        }
    }

    // No client writes "mod\u0065l". One that does may mean to show this gateway one request and the provider another.
    private static Refusal? ReadEscapedMember(ref Utf8JsonReader reader)
    {
        if (IsKnown(ref reader))
        {
            return Refusals.InvalidJson($"The request's body has a known member whose name is written with escapes, at byte {reader.TokenStartIndex}.");
        }

        JsonText.SkipValue(ref reader);
        return null;
    }

    private static bool IsKnown(ref Utf8JsonReader reader) => reader.GetString() is
        "n" or "best_of" or "text" or "model" or "tools" or "functions" or "input" or "prompt" or "stream" or "messages" or "max_tokens"
        or "stream_options" or "response_format" or "output_config" or "max_completion_tokens" or "max_output_tokens" or "conversation"
        or "previous_response_id" or "thread" or "api_key" or "api_base" or "base_url" or "custom_host";

    private readonly Refusal? Finish(ReadOnlyMemory<byte> body, out InferenceRequest? request)
    {
        request = null;
        var model = _model ?? (_operation switch
        {
            InferenceOperation.Moderations => DefaultModerationModel,
            InferenceOperation.Condense => UnknownModel,
            _ => null,
        });
        if (model is null)
        {
            return Refusals.MissingField("model");
        }

        if (!_hasInput && !_operation.IsPassThrough())
        {
            return Refusals.MissingField(_operation switch
            {
                InferenceOperation.ChatCompletions or InferenceOperation.Messages or InferenceOperation.CountTokens or InferenceOperation.Condense => "messages",
                InferenceOperation.Completions => "prompt",
                _ => "input",
            });
        }

        var stream = _stream && _operation is not (InferenceOperation.Embeddings or InferenceOperation.CountTokens);
        request = new InferenceRequest
        {
            Operation = _operation,
            Dialect = ClientDialects.Of(_operation),
            Body = body,
            Model = model,
            ModelToken = _modelToken,
            InputToken = _input,
            Stream = stream,
            IncludeUsage = _includeUsage && stream,
            StreamOptionsToken = _streamOptions,
            IncludeUsageToken = _includeUsageToken,
            StreamOptionsMember = _streamOptionsMember,
            ClosingBrace = _closingBrace,
            MaxOutputTokens = _maxOutputTokens,
            Choices = _choices,
            PaidChoices = _paidChoices,
            PreviousResponseId = _previousResponse,
            Required = _required | (stream ? ModelCapabilities.Streaming : ModelCapabilities.None) | _operation.Capability(),
        };
        return null;
    }
}
