using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.GatewayApi.Providers.Cohere;
using ProxyCluster.GatewayApi.Providers.Gemini;
using ProxyCluster.GatewayApi.Providers.Ollama;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>The adapter that speaks to a recording's provider, and what it is asked.</summary>
internal static class RecordedProvider
{
    private static readonly FakeTimeProvider Clock = new(DateTimeOffset.FromUnixTimeSeconds(1_780_000_000));

    private static readonly InputLimitOptions Limits = new();

    private static readonly ModelNames Names = new();

    private static readonly AnthropicAdapter Anthropic = new(Clock);
    private static readonly GoogleAiAdapter Gemini = new(Clock);
    private static readonly VertexAdapter Vertex = new(Clock);

    private static readonly CohereAdapter Cohere = new(Clock);

    private static readonly OllamaAdapter Ollama = new(Clock);

    private static readonly BedrockAdapter Bedrock = new(Clock);

    private static readonly ResponsesAdapter Responses = new(Clock);

    // A provider without a preset is configured as an OpenAI-compatible one.
    private static readonly Dictionary<string, OpenAiAdapter> OpenAi =
        OpenAiDialect.Presets.ToDictionary(static dialect => dialect.Type, static dialect => new OpenAiAdapter(dialect, Clock));

    public static ProviderAdapter AdapterOf(Recording recording) => recording.Api switch
    {
        "anthropic" => Anthropic,
        "cohere" => Cohere,
        "ollama" => Ollama,
        "gemini" => recording.Provider == "google-vertex" ? Vertex : Gemini,
        "bedrock" => Bedrock,
        "openai-responses" => Responses,
        _ => OpenAi.GetValueOrDefault(recording.Provider) ?? OpenAi["openai"],
    };

    public static UpstreamTarget TargetOf(Recording recording) => new(
        new ProviderDefinition { Name = recording.Provider, Type = recording.Provider },
        new ModelDefinition { Id = "*" },
        recording.Model,
        new Uri("https://provider.example/v1/"),
        new Secret("sk-planted-in-the-test"));

    /// <summary>The recording's request as a client would send it; its stream always asks for usage, so that usage can be judged.</summary>
    public static InferenceRequest RequestOf(Recording recording)
    {
        var body = JsonObject.Create(recording.Request)!;
        body["model"] = recording.Model;
        body["stream"] = recording.IsStream;
        if (recording.IsStream)
        {
            body["stream_options"] = new JsonObject { ["include_usage"] = true };
        }

        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        var refusal = RequestScanner.Scan(bytes, InferenceOperation.ChatCompletions, Limits, Names, out var request);
        return refusal is null ? request! : throw new InvalidOperationException(refusal.Message);
    }
}
