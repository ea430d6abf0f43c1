using System.Text.Json;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Budgets;

/// <summary>
/// What of a prompt is no text: images and sound in base64, and what its provider reads beyond the body. Only what stands where
/// a provider takes a file counts as one: the same bytes in a text, a tool or its input are text to the model.
/// </summary>
/// <param name="operation">What the body asks for.</param>
internal ref struct PromptFiles(InferenceOperation operation)
{
    /// <summary>Anthropic counts at most about 1,600 tokens an image; OpenAI, in high detail, up to about 2,500.</summary>
    public const int TokensPerImage = 2_500;

    // Of a PDF, text and picture count for each page, and a page is commonly some 50 KB.
    private const int TokensPerPage = 3_000;
    private const int Base64BytesPerPage = 67_000;

    /// <summary>Bytes of images and sound, which have fewer tokens than that.</summary>
    public long MediaBytes { get; private set; }

    /// <summary>Bytes of all files, documents included.</summary>
    public long FileBytes { get; private set; }

    /// <summary>What the files in the body likely count.</summary>
    public long Tokens { get; private set; }

    /// <summary>
    /// Whether the prompt may be longer than its body: it has a document, of whose pages bytes tell nothing, or it names something
    /// that the provider fetches or keeps.
    /// </summary>
    public bool GoOn { get; private set; }

    /// <summary>Reads a body, which is a JSON object.</summary>
    public static PromptFiles In(ReadOnlySpan<byte> body, InferenceOperation operation)
    {
        var files = new PromptFiles(operation);
        if (!MayHaveAny(body, operation))
        {
            return files;
        }

        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = int.MaxValue });
            reader.Read();
            files.ReadRequest(ref reader);
        }
        catch (InvalidOperationException)
        {
            files.GoOn = true; // half of a surrogate pair, in a member that is passed on unread
        }

        return files;
    }

    // Most bodies have none, and are searched, not read. Within a string a quote is escaped: one before and one behind are all of it.
    private static bool MayHaveAny(ReadOnlySpan<byte> body, InferenceOperation operation) =>
        HasTypeOfFile(body)
        || body.IndexOf("\"cached"u8) >= 0
        || (operation == InferenceOperation.ChatCompletions && body.IndexOf("\"audio\""u8) >= 0)
        || (operation == InferenceOperation.Responses && (body.IndexOf("\"prompt\""u8) >= 0 || body.IndexOf("\"id\""u8) >= 0))
        || HasEscapedLetter(body);

    private static bool HasTypeOfFile(ReadOnlySpan<byte> body)
    {
        while (body.IndexOf("\"type\""u8) is >= 0 and var at)
        {
            body = body[(at + 6)..];
            if (IsTypeOfFile(body.TrimStart(" \t\r\n:"u8)))
            {
                return true;
            }
        }

        return false;
    }

    // By what they begin with: what is none after all costs a reading.
    private static bool IsTypeOfFile(ReadOnlySpan<byte> value) => value.Length > 2 && value[1] switch
    {
        (byte)'a' => value.StartsWith("\"audio_"u8),
        (byte)'c' => value.StartsWith("\"container_"u8) || value.StartsWith("\"computer_"u8),
        (byte)'d' => value.StartsWith("\"document"u8),
        (byte)'f' => value.StartsWith("\"file"u8),
        (byte)'i' => value.StartsWith("\"i"u8) && !value.StartsWith("\"input_text"u8) && !value.StartsWith("\"integer"u8),
        (byte)'v' => value.StartsWith("\"video_"u8),
        _ => false,
    };

    // No usual client writes names so: one that does must not hide a file.
    private static bool HasEscapedLetter(ReadOnlySpan<byte> body)
    {
        while (body.IndexOf("\\u00"u8) is >= 0 and var at)
        {
            body = body[(at + 4)..];
            if (body is [>= (byte)'4' and <= (byte)'7', ..])
            {
                return true;
            }
        }

        return false;
    }

    private void ReadRequest(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("messages"u8) || reader.ValueTextEquals("input"u8))
            {
                reader.Read();
                ReadParts(ref reader);
            }
            else if (reader.ValueTextEquals("extra_body"u8))
            {
                reader.Read();
                ReadExtra(ref reader);
            }
            else
            {
                GoOn |= IsCache(ref reader);
                var mayBeKept = reader.ValueTextEquals("prompt"u8);
                reader.Read();
                GoOn |= mayBeKept && reader.TokenType == JsonTokenType.StartObject; // what the client itself says is a string or a list
                reader.Skip();
            }
        }
    }

    // Where clients of OpenAI put what is Gemini's own.
    private void ReadExtra(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            GoOn |= reader.TokenType == JsonTokenType.PropertyName && IsCache(ref reader);
        }
    }

    private static bool IsCache(ref Utf8JsonReader reader) => reader.ValueTextEquals("cached_content"u8) || reader.ValueTextEquals("cachedContent"u8);

    // Messages, their parts, and parts of these: what a tool has told is one.
    private void ReadParts(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            ReadPart(ref reader);
            return;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            ReadParts(ref reader);
        }
    }

    private void ReadPart(ref Utf8JsonReader reader)
    {
        var part = default(PromptPart);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8) || reader.ValueTextEquals("output"u8))
            {
                reader.Read();
                ReadParts(ref reader);
            }
            else if (reader.ValueTextEquals("source"u8))
            {
                reader.Read();
                ReadSource(ref reader, ref part);
            }
            else
            {
                part.ReadMember(ref reader);
            }
        }

        GoOn |= part.GoesOn || (operation == InferenceOperation.Responses && part.IsReference);
        FileBytes += part.Base64Bytes;
        MediaBytes += part.IsMedia ? part.Base64Bytes : 0;
        Tokens += part.Base64Bytes > 0 ? TokensPerImage + (part.Base64Bytes / Base64BytesPerPage * TokensPerPage) : 0;
    }

    // Anthropic's. A document may be written as parts, of which each may be a file again.
    private void ReadSource(ref Utf8JsonReader reader, ref PromptPart part)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                ReadParts(ref reader);
            }
            else
            {
                part.ReadSourceMember(ref reader);
            }
        }
    }
}
