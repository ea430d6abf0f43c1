using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Which conversation a request belongs to: the first byte chooses the route. A further turn changes nothing.</summary>
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
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Routing/ConversationPrefix.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Routing/ConversationPrefix.cs", "if (isUsers)");

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

        return HashCode.Combine(route, prefix is null, request.Body.Span.IndexOf("cache_control"u8) >= 0);
    }

    private InferenceRequest? Read(ReadOnlyMemory<byte> body, InferenceOperation route) =>
        RequestScanner.Scan(body, route, new InputLimitOptions { MaxMessages = 8 }, _names, out var request) is null ? request : null;

    // Null: there is no list of turns, or none of the user's that a further one could follow.
    private static byte[]? WithAnotherTurn(ReadOnlySpan<byte> body, InferenceOperation route)
    {
        var name = route == InferenceOperation.Responses ? "input" : "messages";
        var lists = Sound.Json(body).EnumerateObject().Where(member => member.Name == name).ToArray();
        if (lists is not [{ Value.ValueKind: JsonValueKind.Array } list] || !list.Value.EnumerateArray().Any(IsUsers))
        {
            return null;
        }

        var end = EndOf(body, name);
        return [.. body[..end], .. ",{\"role\":\"assistant\",\"content\":\"more\"}"u8, .. body[end..]];
    }

    // As the gateway reads it: what is a user's by any of its roles.
    private static bool IsUsers(JsonElement turn) => turn.ValueKind == JsonValueKind.Object
        && turn.EnumerateObject().Any(static member => member.Name == "role" && member.Value.ValueKind == JsonValueKind.String && member.Value.ValueEquals("user"u8));

    private static int EndOf(ReadOnlySpan<byte> body, string name)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = int.MaxValue });
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals(name))
            {
                reader.Read();
                reader.Skip();
                return (int)reader.TokenStartIndex;
            }
        }

        throw new InvalidDataException($"There is no '{name}'.");
    }
}
