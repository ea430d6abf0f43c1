using System.Text;
using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Which conversation a request belongs to: the first byte chooses the route. A further turn changes nothing, and neither do kinds of parts.</summary>
internal sealed class ConversationPrefixTarget : FuzzTarget
{
    private static readonly InferenceOperation[] Routes =
    [
        InferenceOperation.ChatCompletions, InferenceOperation.Messages, InferenceOperation.Responses, InferenceOperation.Completions, InferenceOperation.Embeddings,
    ];

    private readonly ModelNames _names = new();

    /// <inheritdoc/>
    public override string Name => "conversation-prefix";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]", "\"input\":[{\"role\":\"user\",\"content\":\"a\"}]", "{\"role\":\"assistant\",\"content\":\"b\"}",
        "\"input\":\"a\"", "\"prompt\":\"a\"", "\"system\":\"a\"", "\"instructions\":\"a\"", "\"cache_control\":{\"type\":\"ephemeral\"}", "[{\"type\":\"text\",\"text\":\"a\"}]",
        "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]},", "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"}]}]",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Routing/ConversationPrefix.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Routing/ConversationPrefix.cs", "else if (reader.TokenType == JsonTokenType.PropertyName && IsMark(reader))");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var route = Routes[input.Length == 0 ? 0 : input[0] % Routes.Length];
        var body = input.AsMemory(Math.Min(1, input.Length));
        if (Read(body, route) is not { } request)
        {
            return HashCode.Combine(route);
        }

        var prefix = ConversationPrefix.Of(request, "a");
        if (ConversationPrefix.Of(request, "b") is var others && others == prefix && prefix is not null)
        {
            throw new InvalidDataException("Two callers share a conversation.");
        }

        if (WithAnotherTurn(body.Span, route) is { } longer && Read(longer, route) is { } later && ConversationPrefix.Of(later, "a") != prefix)
        {
            throw new InvalidDataException("A further turn makes it another conversation.");
        }

        if (body.Span.IndexOf("\"type\":\"text\""u8) >= 0 && Read(OfAnotherKind(body.Span), route) is { } alike && ConversationPrefix.Of(alike, "a") != prefix)
        {
            throw new InvalidDataException("The kind of a part makes it another conversation.");
        }

        return HashCode.Combine(route, prefix is null, request.Body.Span.IndexOf("cache_control"u8) >= 0);
    }

    private InferenceRequest? Read(ReadOnlyMemory<byte> body, InferenceOperation route) =>
        RequestScanner.Scan(body, route, new InputLimitOptions { MaxMessages = 8 }, _names, out var request) is null ? request : null;

    private static byte[] OfAnotherKind(ReadOnlySpan<byte> body) =>
        Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(body).Replace("\"type\":\"text\"", "\"type\":\"note\"", StringComparison.Ordinal));

    // Null: there is no list of turns, or none of the user's that a further one could follow.
    private static byte[]? WithAnotherTurn(ReadOnlySpan<byte> body, InferenceOperation route)
    {
        var name = route == InferenceOperation.Responses ? "\"input\""u8 : "\"messages\""u8;
        return body.Count(name) == 1 && EndOf(body, name[1..^1]) is { } end
            ? [.. body[..end], .. ",{\"role\":\"assistant\",\"content\":\"more\"}"u8, .. body[end..]]
            : null;
    }

    private static int? EndOf(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueSpan.SequenceEqual(name))
            {
                reader.Read();
                return reader.TokenType == JsonTokenType.StartArray && HasUsers(ref reader) ? (int)reader.TokenStartIndex : null;
            }
        }

        return null;
    }

    // Leaves the reader at the end of the list.
    private static bool HasUsers(ref Utf8JsonReader reader)
    {
        var (has, depth, isRole) = (false, reader.CurrentDepth, false);
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            has |= isRole && reader.TokenType == JsonTokenType.String && reader.ValueSpan.SequenceEqual("user"u8);
            isRole = reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == depth + 2 && reader.ValueSpan.SequenceEqual("role"u8);
        }

        return has;
    }
}
