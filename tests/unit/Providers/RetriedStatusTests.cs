using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.Tests.Unit.Providers.Anthropic;
using ProxyCluster.Tests.Unit.Providers.Bedrock;
using ProxyCluster.Tests.Unit.Providers.Cohere;
using ProxyCluster.Tests.Unit.Providers.Gemini;
using ProxyCluster.Tests.Unit.Providers.Ollama;
using ProxyCluster.Tests.Unit.Providers.OpenAiResponses;

namespace ProxyCluster.Tests.Unit.Providers;

/// <summary>Which statuses another provider may do better with: the same for every kind of provider, whatever the body says.</summary>
public sealed class RetriedStatusTests
{
    private static readonly int[] Retried = [408, 409, 425, 429, 500, 502, 503, 504, 520, 529, 599];
    private static readonly int[] Advised = [409, 425, 429, 503, 529];
    private static readonly int[] Final = [400, 413, 422];

    private static readonly Dictionary<string, ProviderAdapter> Adapters = new()
    {
        ["openai"] = new OpenAiAdapter(OpenAiDialect.Presets[0], TimeProvider.System),
        ["anthropic"] = AnthropicCase.Adapter,
        ["responses"] = ResponsesProviderCase.Adapter,
        ["gemini"] = GeminiCase.Adapter,
        ["bedrock"] = BedrockCase.Adapter,
        ["cohere"] = CohereCase.Provider.Adapter,
        ["ollama"] = OllamaCase.Provider.Adapter,
    };

    public static TheoryData<string> Types() => [.. Adapters.Keys];

    [Theory, MemberData(nameof(Types))]
    public void Status_ThatMayPass_IsTriedElsewhere_AndAFaultOfTheRequestIsNot(string type)
    {
        Assert.All(Retried, status => Assert.True(Read(type, status).TryAnother, $"{status}"));
        Assert.All(Retried.Where(status => status != 429), status => Assert.Equal(AttemptOutcome.ServerError, Read(type, status).Outcome));
        Assert.Equal(AttemptOutcome.RateLimited, Read(type, 429).Outcome);
        Assert.All(Final, status => Assert.Equal((false, AttemptOutcome.Rejected), (Read(type, status).TryAnother, Read(type, status).Outcome)));
        Assert.Equal((true, AttemptOutcome.CredentialsRefused), (Read(type, 401).TryAnother, Read(type, 401).Outcome));
    }

    [Theory, MemberData(nameof(Types))]
    public void RetryAfter_OfAStatusThatMayPass_IsPassedOn(string type)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation("retry-after", "3");

        Assert.All(Advised, status => Assert.Equal(
            TimeSpan.FromSeconds(3), Adapters[type].ReadError(status, response.Headers, "{}"u8).RetryAfter));
    }

    private static UpstreamError Read(string type, int status)
    {
        using var response = new HttpResponseMessage();
        return Adapters[type].ReadError(status, response.Headers, "{}"u8);
    }
}
