using System.Net;
using System.Text;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.GatewayApi.Providers.Cohere;
using ProxyCluster.GatewayApi.Providers.Gemini;
using ProxyCluster.GatewayApi.Providers.Ollama;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>
/// A provider's errors: whatever they say, the client gets a sound one. The first line is the status and headers,
/// <c>429 name: value; name: value</c>; the rest is the body.
/// </summary>
/// <param name="name">The target's.</param>
/// <param name="adapter">The provider's.</param>
/// <param name="planted">The bug.</param>
/// <param name="parser">What reads its errors.</param>
internal sealed class ErrorTarget(string name, ProviderAdapter adapter, PlantedBug planted, params string[] parser) : FuzzTarget
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "400", "401", "404", "408", "409", "413", "422", "424", "429", "498", "500", "503", "504", "529", "\n", "retry-after: 3; ", "retry-after-ms: 1500; ", "x-should-retry: false; ",
        "x-amzn-errortype: ThrottlingException; ", "\"error\":", "\"type\":", "\"message\":", "\"code\":", "\"param\":", "\"status\":", "\"details\":", "\"detail\":", "\"reason\":", "\"retryDelay\":",
        "\"34.4s\"", "\"overloaded_error\"", "\"rate_limit_error\"", "\"API_KEY_INVALID\"", "\"FAILED_PRECONDITION\"", "\"__type\":", "\"originalStatusCode\":", "\"ValidationException\"",
        "\"ThrottlingException\"", "\"object\":\"error\"", "prompt is too long", "<html>", "sk-live-0123456789", "https://10.0.0.1/x", "arn:aws:bedrock:us-east-1:1:x", "projects/p-1",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => parser;

    /// <inheritdoc/>
    public override PlantedBug Planted => planted;

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var end = input.AsSpan().IndexOf((byte)'\n');
        var head = Encoding.Latin1.GetString(input.AsSpan(0, end < 0 ? input.Length : end));
        var body = end < 0 ? [] : input.AsSpan(end + 1);
        var status = int.TryParse(head.Split(' ')[0], out var told) ? Math.Clamp(told, 300, 599) : 500;
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        foreach (var header in head.Split(' ', 2) is [_, var headers] ? headers.Split(';', StringSplitOptions.TrimEntries) : [])
        {
            if (header.Split(':', 2, StringSplitOptions.TrimEntries) is [var field, var value])
            {
                response.Headers.TryAddWithoutValidation(field, value);
            }
        }

        var error = adapter.ReadError(status, response.Headers, body);
        ErrorReading.MustBeFit(error);
        return HashCode.Combine(error.Outcome, error.Refusal.Status, error.Refusal.Code, error.Refusal.Param, error.TryAnother, error.RetryAfter is null, error.Refusal.Message.Length / 64);
    }

    /// <summary>Every provider whose errors are of its own form.</summary>
    public static IEnumerable<FuzzTarget> Create()
    {
        var longText = new PlantedBug("Providers/UpstreamText.cs", "if (text.Length >= MaxLength)");
        return
        [
            new ErrorTarget("openai-error", new OpenAiAdapter(OpenAiDialect.Presets[0], Clock.Still), longText, [.. Reading("Providers/OpenAi/OpenAiErrors.cs", "Rejected", "FromObject", "Member", "Word", "Text"), "Providers/RetryAdvice.cs"]),
            new ErrorTarget("anthropic-error", new AnthropicAdapter(Clock.Still), longText, [.. Reading("Providers/Anthropic/AnthropicErrors.cs", "Rejected", "IsContextOverflow"), "Providers/RetryAdvice.cs"]),
            new ErrorTarget("gemini-error", new GoogleAiAdapter(Clock.Still), longText, [.. Reading("Providers/Gemini/GeminiErrors.cs", "ReadStatus", "ReadDuration", "Clean", "IsContextOverflow"), "Providers/RetryAdvice.cs"]),
            new ErrorTarget("bedrock-error", new BedrockAdapter(Clock.Still), longText, [.. Reading("Providers/Bedrock/BedrockErrors.cs", "FromStatus", "FromValidation", "FromModel", "ShortName", "Has"), "Providers/RetryAdvice.cs"]),
            new ErrorTarget("cohere-error", new CohereAdapter(Clock.Still), longText, "Providers/StatusErrors.cs", "Providers/UpstreamText.cs:Clean"),
            new ErrorTarget("ollama-error", new OllamaAdapter(Clock.Still), longText, "Providers/StatusErrors.cs", "Providers/UpstreamText.cs:Clean"),
            new ErrorTarget("custom-error", CustomProvider.OfEvents, longText, "Providers/Custom/CustomAnswer.cs:ErrorIn", "Providers/StatusErrors.cs:Of", "Providers/UpstreamText.cs:Clean"),
        ];
    }

    // What reads events of streams stands in the same files.
    private static IEnumerable<string> Reading(string file, params string[] methods) => methods.Concat(["Read", "Map", "ReadBody"]).Select(method => $"{file}:{method}");
}
