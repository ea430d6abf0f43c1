using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Condensation;

/// <summary>Reads the conversation of a chat's body, in whichever dialect: where each message stands, and what condensation must know of it.</summary>
internal static class ConversationReader
{
    // The scanner has checked how deep the body is.
    private const int MostDepth = 1000;

    // {"type":"function","function":{…}}
    private const int TokensPerForm = 10;

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = MostDepth };

    /// <summary>Reads a body that the request scanner has taken.</summary>
    /// <param name="body">One JSON object.</param>
    /// <param name="operation">How it speaks.</param>
    /// <param name="tokens">How the model that is to read it counts.</param>
    public static LayoutReading Read(ReadOnlyMemory<byte> body, InferenceOperation operation, TokenRules tokens)
    {
        if (JsonText.HasHalfPair(body.Span))
        {
            return Refusals.InvalidJson("The body holds text that is not valid Unicode: half a surrogate pair.");
        }

        var list = Find(body.Span, operation, tokens.Counter, out var items, out var text, out var fixedTokens);
        var messages = ImmutableArray.CreateBuilder<LaidMessage>(items.Count);
        if (text is not null)
        {
            var only = new MessageParts(tokens);
            only.AddText(text);
            messages.Add(new LaidMessage(default, only.ToMessage(MessageRole.User), 0, false, false));
        }

        var fault = operation == InferenceOperation.Responses
            ? ResponsesItems.Read(body, items, tokens, messages)
            : ReadEach(body, items, operation, tokens, messages);
        return fault is not null ? new LayoutReading(null, fault) : new LayoutReading(
            new ConversationLayout
            {
                Operation = operation,
                Body = body,
                List = list,
                Messages = messages.DrainToImmutable(),
                FixedTokens = fixedTokens,
                Counter = tokens.Counter,
            },
            null);
    }

    /// <summary>One item of a body.</summary>
    public static JsonDocument Parse(ReadOnlyMemory<byte> body, Range item) => JsonDocument.Parse(body[item], Deep);

    private static Refusal? ReadEach(
        ReadOnlyMemory<byte> body, List<Range> items, InferenceOperation operation, TokenRules tokens, ImmutableArray<LaidMessage>.Builder messages)
    {
        for (var i = 0; i < items.Count; i++)
        {
            using var item = Parse(body, items[i]);
            var path = $"messages[{i}]";
            var parts = new MessageParts(tokens);
            var fault = operation == InferenceOperation.Messages
                ? MessagesItems.Read(item.RootElement, path, parts, out var role)
                : ChatItems.Read(item.RootElement, path, parts, out role);
            var timestamp = MessageParts.TimestampOf(item.RootElement, out var isRead);
            if (fault is not null || !isRead)
            {
                return fault ?? Refusals.InvalidValue(
                    path + ".timestamp", $"The field '{path}.timestamp' must be a date and time such as 2026-01-31T10:00:00Z, or seconds since 1970.");
            }

            messages.Add(new LaidMessage(
                items[i],
                parts.ToMessage(role, item.RootElement.GetText("name"), timestamp),
                parts.GuessedTokens,
                item.RootElement.TryGetProperty("timestamp", out _),
                parts.HasThoughts));
        }

        return null;
    }

    private static Range Find(
        ReadOnlySpan<byte> body, InferenceOperation operation, TokenCounter counter, out List<Range> items, out string? text, out int fixedTokens)
    {
        items = [];
        text = null;
        fixedTokens = 0;
        Range list = default;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MostDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isList = reader.ValueTextEquals(operation == InferenceOperation.Responses ? "input"u8 : "messages"u8);
            var isFixed = !isList && IsReadByModels(ref reader, operation);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (isList && reader.TokenType == JsonTokenType.StartArray)
            {
                ReadItems(ref reader, items);
                list = start..(int)reader.BytesConsumed;
                continue;
            }

            text = isList && reader.TokenType == JsonTokenType.String ? reader.GetString() : text;
            reader.Skip();
            fixedTokens += isFixed ? FixedTokensOf(body[start..(int)reader.BytesConsumed], operation, counter) : 0;
        }

        return list;
    }

    // As it stands, and what it takes more where it is translated: a message of its own, or a longer form around each tool.
    private static int FixedTokensOf(ReadOnlySpan<byte> json, InferenceOperation operation, TokenCounter counter)
    {
        var tokens = counter.CountAtMost(Encoding.UTF8.GetString(json));
        return operation is InferenceOperation.ChatCompletions ? tokens
            : tokens + MessageCost.OfMessage + (TokensPerForm * json.Count("\"name\""u8));
    }

    private static void ReadItems(ref Utf8JsonReader reader, List<Range> items)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            items.Add(start..(int)reader.BytesConsumed);
        }
    }

    private static bool IsReadByModels(ref Utf8JsonReader reader, InferenceOperation operation) => operation switch
    {
        InferenceOperation.Condense => false,
        InferenceOperation.Responses => reader.ValueTextEquals("instructions"u8) || reader.ValueTextEquals("tools"u8) || reader.ValueTextEquals("text"u8),
        InferenceOperation.Messages => reader.ValueTextEquals("system"u8) || reader.ValueTextEquals("tools"u8) || reader.ValueTextEquals("output_config"u8),
        _ => reader.ValueTextEquals("tools"u8) || reader.ValueTextEquals("functions"u8) || reader.ValueTextEquals("response_format"u8),
    };
}

/// <summary>Either a conversation or the reason why it is none.</summary>
/// <param name="Layout">What was read; <see langword="null"/>: refused.</param>
/// <param name="Refusal">Why; <see langword="null"/>: read.</param>
internal readonly record struct LayoutReading(ConversationLayout? Layout, Refusal? Refusal)
{
    public static implicit operator LayoutReading(Refusal refusal) => new(null, refusal);
}
