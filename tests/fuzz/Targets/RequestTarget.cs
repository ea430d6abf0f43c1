using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Providers.OpenAiResponses;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>A client's body through the reader and into each provider's form: what is sent upstream is JSON, with the provider's model name.</summary>
internal sealed class RequestTarget : FuzzTarget
{
    private const string UpstreamModel = "the-upstream-model";

    private static readonly InputLimitOptions Limits = new();

    /// <summary>Every form that a request is written in.</summary>
    public static readonly IReadOnlyList<ProviderAdapter> Adapters =
        [new OpenAiAdapter(OpenAiDialect.Presets[0], TimeProvider.System), new AnthropicAdapter(TimeProvider.System), new ResponsesAdapter(TimeProvider.System)];

    private readonly ModelNames _names = new();

    public override string Name => "request";

    public override IReadOnlyList<string> Words =>
    [
        "\"model\":", "\"messages\":", "\"role\":", "\"content\":", "\"system\"", "\"assistant\"", "\"tool\"", "\"tool_calls\":", "\"tool_call_id\":", "\"stream\":true,",
        "\"stream_options\":", "{\"include_usage\":true}", "\"max_tokens\":", "\"max_completion_tokens\":", "\"n\":", "\"tools\":", "\"tool_choice\":", "\"response_format\":",
        "\"image_url\":", "data:image/png;base64,AAAA", "\"input\":", "\"prompt\":", "\"stop\":", "\"temperature\":", "\"mod\\u0065l\":",
    ];

    public override int Run(byte[] input)
    {
        var refusal = RequestScanner.Scan(input, InferenceOperation.ChatCompletions, Limits, _names, out var request);
        if (refusal is not null)
        {
            return HashCode.Combine(refusal.Code, refusal.Param);
        }

        var path = HashCode.Combine(request!.Stream, request.IncludeUsage, request.Required, request.Choices);
        foreach (var adapter in Adapters)
        {
            path = HashCode.Combine(path, Send(adapter, request));
        }

        return path;
    }

    /// <summary>Writes a request for a provider; what is written must be JSON with the provider's name of the model.</summary>
    public static int Send(ProviderAdapter adapter, InferenceRequest request)
    {
        var entry = new ModelDefinition { Id = request.Model };
        var target = new UpstreamTarget(
            new ProviderDefinition { Name = "p", Type = adapter.Type, Models = [entry] }, entry, UpstreamModel, new Uri("http://127.0.0.1/v1/"), null);
        var created = adapter.CreateRequest(target, request);
        if (created.Message is not { } message)
        {
            return HashCode.Combine(created.Refusal!.Code, created.Refusal.Param);
        }

        using (message)
        {
            var body = message.Content!.ReadAsByteArrayAsync().GetAwaiter().GetResult();
            Translated.MustBeJson(body);
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.GetProperty("model").GetString() != UpstreamModel)
            {
                throw new InvalidDataException($"{adapter.Type}: the model's name was not put in place.");
            }

            return created.Warnings is null ? 1 : 2;
        }
    }
}
