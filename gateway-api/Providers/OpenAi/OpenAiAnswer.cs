using System.Text.Json;
using System.Text.Unicode;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>What one pass over a whole answer finds.</summary>
/// <param name="IsValid">It is an answer: a JSON object with choices or data, and no error.</param>
/// <param name="HasContentParts">A message's content is an array, which OpenAI's clients do not read.</param>
/// <param name="Usage">Tokens billed; <see langword="null"/>: not told.</param>
internal readonly record struct OpenAiAnswer(bool IsValid, bool HasContentParts, TokenUsage? Usage)
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    public static OpenAiAnswer Read(InferenceOperation operation, ReadOnlySpan<byte> body)
    {
        // The reader does not look into strings, so that half a character would be passed on.
        if (!Utf8.IsValid(body))
        {
            return default;
        }

        try
        {
            var reader = new Utf8JsonReader(body, Options);
            return ReadObject(operation, ref reader);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: a name with half a surrogate pair in an escape.
            return default;
        }
    }

    private static OpenAiAnswer ReadObject(InferenceOperation operation, ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return default;
        }

        var results = operation == InferenceOperation.Embeddings ? "data"u8 : "choices"u8;
        var hasResults = false;
        var hasParts = false;
        TokenUsage? usage = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(results))
            {
                hasResults = ReadResults(ref reader, ref hasParts);
                continue;
            }

            var isUsage = reader.ValueTextEquals("usage"u8);
            var isError = !isUsage && reader.ValueTextEquals("error"u8);
            reader.Read();
            if (isError && reader.TokenType != JsonTokenType.Null)
            {
                return default;
            }

            if (isUsage && reader.TokenType == JsonTokenType.StartObject)
            {
                usage = OpenAiUsage.Read(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Read(); // throws where anything but white space follows
        return new OpenAiAnswer(hasResults, hasParts, usage);
    }

    private static bool ReadResults(ref Utf8JsonReader reader, ref bool hasParts)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return false;
        }

        var depth = reader.CurrentDepth;
        var count = 0;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            count++;

            // choices[i].message.content
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == depth + 3 && reader.ValueTextEquals("content"u8))
            {
                reader.Read();
                hasParts |= reader.TokenType == JsonTokenType.StartArray;
                reader.Skip();
            }
        }

        return count > 0;
    }
}
