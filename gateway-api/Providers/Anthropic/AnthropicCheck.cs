using System.Text.Json;
using System.Text.Unicode;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>Looks whether a whole answer is one that can go to a client of the same dialect as it is.</summary>
internal static class AnthropicCheck
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    /// <summary>A <c>message</c>: with its content, and no error.</summary>
    public static WholeAnswer Message(ReadOnlySpan<byte> body) => Read(body, "content"u8, JsonTokenType.StartArray);

    /// <summary>What <c>count_tokens</c> answers.</summary>
    public static WholeAnswer Count(ReadOnlySpan<byte> body) => Read(body, "input_tokens"u8, JsonTokenType.Number);

    private static WholeAnswer Read(ReadOnlySpan<byte> body, ReadOnlySpan<byte> member, JsonTokenType kind)
    {
        var invalid = new WholeAnswer(AnswerValidity.Invalid, null);

        // The reader does not look into strings, so that half a character would be passed on.
        if (!Utf8.IsValid(body))
        {
            return invalid;
        }

        try
        {
            var reader = new Utf8JsonReader(body, Options);
            return Read(ref reader, member, kind, out var usage) ? new WholeAnswer(AnswerValidity.Verbatim, usage) : invalid;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return invalid;
        }
    }

    private static bool Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> member, JsonTokenType kind, out TokenUsage? usage)
    {
        var told = default(AnthropicUsage);
        var isFound = false;
        var isError = false;
        usage = null;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMember = reader.ValueTextEquals(member);
            var isUsage = reader.ValueTextEquals("usage"u8);
            isError |= reader.ValueTextEquals("error"u8);
            reader.Read();
            isFound |= isMember && reader.TokenType == kind;
            if (isUsage)
            {
                told.Read(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        reader.Read(); // throws where anything but white space follows
        usage = told.Tokens;
        return isFound && !isError;
    }
}
