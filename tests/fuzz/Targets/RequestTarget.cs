using System.Text;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Messages;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.GatewayApi.Providers.Cohere;
using ProxyCluster.GatewayApi.Providers.Gemini;
using ProxyCluster.GatewayApi.Providers.Ollama;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;
using ProxyCluster.GatewayApi.Providers.Simulator;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>
/// A client's body, through the scanner and the dialect's readers, into the form of every provider: it is refused as the
/// client's fault, or what is sent upstream is JSON with the provider's name of the model.
/// </summary>
/// <param name="name">The target's.</param>
/// <param name="operation">What is asked for.</param>
/// <param name="planted">The bug.</param>
/// <param name="words">What means something to the readers.</param>
/// <param name="parser">The readers.</param>
internal sealed class RequestTarget(string name, InferenceOperation operation, PlantedBug planted, IReadOnlyList<string> words, params string[] parser) : FuzzTarget
{
    private const string UpstreamModel = "anthropic.the-upstream-model";
    private const int MostModelBytes = 256;

    // Bedrock asks each maker in its own form.
    private static readonly string[] UpstreamEmbedders = ["cohere.embed-the-upstream-model", "amazon.titan-embed-the-upstream-model", "the-upstream-model"];

    private static readonly InputLimitOptions Limits = new();

    private static readonly IReadOnlyList<ProviderAdapter> Adapters =
    [
        new AnthropicAdapter(Clock.Still), new ResponsesAdapter(Clock.Still), new GoogleAiAdapter(Clock.Still), new VertexAdapter(Clock.Still), new BedrockAdapter(Clock.Still),
        new CohereAdapter(Clock.Still), new OllamaAdapter(Clock.Still), CustomProvider.OfEvents,
    ];

    private static readonly IReadOnlyList<ProviderAdapter> Presets = [.. OpenAiDialect.Presets.Select(static preset => new OpenAiAdapter(preset, Clock.Still))];

    private readonly ModelNames _names = new();

    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => words;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => parser;

    /// <inheritdoc/>
    public override PlantedBug Planted => planted;

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var refusal = RequestScanner.Scan(input, operation, Limits, _names, out var request);
        if (refusal is not null)
        {
            _ = ErrorReading.BlameOnTheClient(refusal);
            return HashCode.Combine(refusal.Code, refusal.Param);
        }

        MustBeAModel(request!.Model);
        var path = HashCode.Combine(request.Stream, request.IncludeUsage, request.Required, request.Choices, request.MaxOutputTokens > 0);
        if (operation.IsChat() && request.ReadConversation() is var reading)
        {
            path = HashCode.Combine(path, reading.Refusal?.Code, reading.Refusal?.Param?.Length);
            ConversationCheck.Run(reading);
            if (reading.Conversation is { } conversation && TokenEstimate.Of(conversation, new TokenRules(TokenCounters.O200k, ImageTokens.Unknown)) < 1)
            {
                throw new InvalidDataException("A conversation has no tokens.");
            }
        }

        if ((operation is InferenceOperation.ChatCompletions or InferenceOperation.Completions or InferenceOperation.Embeddings) && !JsonText.HasHalfPair(input))
        {
            _ = SimulatedRequest.Read(request.Body);
        }

        // Presets differ in little: one of them, and all others.
        ProviderAdapter[] adapters = [Presets[0], Presets[input.Length % Presets.Count], .. Adapters];
        return adapters.Where(adapter => adapter.Supports(operation)).Aggregate(path, (so, adapter) => HashCode.Combine(so, Send(adapter, request)));
    }

    private static int Send(ProviderAdapter adapter, InferenceRequest request)
    {
        var entry = new ModelDefinition { Id = request.Model };
        var upstreamModel = request.Operation == InferenceOperation.Embeddings ? UpstreamEmbedders[request.Body.Length % UpstreamEmbedders.Length] : UpstreamModel;
        var definition = new ProviderDefinition { Name = "p", Type = adapter.Type, Models = [entry], ApiVersion = adapter.Type == "azure-openai" ? "2024-10-21" : null };
        var target = new UpstreamTarget(definition, entry, upstreamModel, new Uri("https://bedrock-runtime.us-east-1.amazonaws.com/v1/"), new Secret("sk-0123456789"));
        request.IsNative = false;
        var created = adapter.CreateRequest(target, request);
        if (created.Message is not { } message)
        {
            _ = ErrorReading.BlameOnTheClient(created.Refusal!);
            return HashCode.Combine(created.Refusal!.Code, created.Refusal.Param);
        }

        using (message)
        {
            var body = message.Content!.ReadAsByteArrayAsync().GetAwaiter().GetResult();
            var json = Sound.Json(body);
            var models = json.EnumerateObject().Count(static member => member.NameEquals("model"));
            if (models > 1 || (models == 1 && json.GetProperty("model").GetString() != upstreamModel))
            {
                throw new InvalidDataException($"{adapter.Type}: the model's name was not put in place: {Encoding.UTF8.GetString(body)}");
            }

            // A moderation may do without.
            if (models == 0 && !request.ModelToken.Equals(default) && !message.RequestUri!.OriginalString.Contains(Uri.EscapeDataString(upstreamModel), StringComparison.Ordinal))
            {
                throw new InvalidDataException($"{adapter.Type}: the model's name is nowhere in {message.RequestUri}.");
            }

            if (created.Warnings is { } warnings && warnings.Any(static c => c is < ' ' or > '~'))
            {
                throw new InvalidDataException($"{adapter.Type}: the warnings fit in no header: {warnings}");
            }

            return created.Warnings is null ? 1 : 2;
        }
    }

    private static void MustBeAModel(string model)
    {
        if (model.Length == 0 || Encoding.UTF8.GetByteCount(model) > MostModelBytes || model.Any(char.IsControl))
        {
            throw new InvalidDataException($"This is taken for a model's name: '{model}'.");
        }
    }
}
