using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>What is to be explained of the routing: the first byte chooses the route that the client names.</summary>
internal sealed class ExplainedRequestTarget : FuzzTarget
{
    private static readonly string?[] Routes =
        [null, "chat_completions", "messages", "responses", "completions", "embeddings", "moderations", "audio_transcriptions", "routing_explain", "nowhere"];

    private readonly ModelNames _names = new();

    /// <inheritdoc/>
    public override string Name => "explained-request";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "\"model\":\"m\"", "\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]", "\"input\":\"a\"", "\"prompt\":\"a\"", "\"system\":\"a\"", "\"dimensions\":8", "\"encoding_format\":\"float\"",
        "\"prompt_tokens\":", "\"prompt_tokens\":12", "\"max_tokens\":9", "\"stream\":true", "\"capabilities\":[\"tools\"]", "\"capabilities\":", "\"vision\"", "\"16\"",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Routing/ExplainedRequest.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Routing/ExplainedRequest.cs", "if (named is null or InferenceOperation.Explain or InferenceOperation.Condense)");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var route = Routes[input.Length == 0 ? 0 : input[0] % Routes.Length];
        var body = input.AsMemory(Math.Min(1, input.Length));
        var reading = ExplainedRequest.Read(body, route, new InputLimitOptions { MaxMessages = 8 }, _names);
        if (route is "routing_explain" or "nowhere" && reading.Refusal?.Param != "route")
        {
            throw new InvalidDataException($"The route '{route}' is explained.");
        }

        if (reading.Refusal is { } refusal)
        {
            return HashCode.Combine(route, ErrorReading.BlameOnTheClient(refusal), refusal.Code, refusal.Param);
        }

        var request = reading.Request!;
        Check(Sound.Json(body.Span), request);
        return HashCode.Combine(route, request.Operation, request.Required, request.PromptTokens is null, request.Stream);
    }

    private static void Check(JsonElement json, InferenceRequest request)
    {
        if (json.TryGetProperty("model", out var model) && model.GetString() != request.Model)
        {
            throw new InvalidDataException($"The model is not '{request.Model}'.");
        }

        if (json.TryGetProperty("prompt_tokens", out var tokens) && tokens.GetInt32() != request.PromptTokens)
        {
            throw new InvalidDataException($"The prompt is not of {request.PromptTokens} tokens.");
        }
    }
}
