using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>The adapter that speaks to a recording's provider, and what it is asked.</summary>
internal static class RecordedProvider
{
    private static readonly FakeTimeProvider Clock = new(DateTimeOffset.FromUnixTimeSeconds(1_780_000_000));

    private static readonly AnthropicAdapter Anthropic = new(Clock);

    /// <summary>Whether the adapter of a wire format is to be had.</summary>
    public static bool Speaks(Recording recording) => recording.Api == "anthropic";

    public static ProviderAdapter AdapterOf(Recording recording) => recording.Api switch
    {
        "anthropic" => Anthropic,
        _ => throw new ArgumentException($"No adapter speaks '{recording.Api}'.", nameof(recording)),
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

        return new InferenceRequest
        {
            Operation = InferenceOperation.ChatCompletions,
            Body = Encoding.UTF8.GetBytes(body.ToJsonString()),
            Model = recording.Model,
            ModelToken = default,
            Stream = recording.IsStream,
            IncludeUsage = recording.IsStream,
            MaxOutputTokens = (int?)body["max_completion_tokens"] ?? (int?)body["max_tokens"] ?? 0,
        };
    }
}
