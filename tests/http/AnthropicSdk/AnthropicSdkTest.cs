using System.Text.Json;
using Anthropic;
using Anthropic.Models.Messages;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.AnthropicSdk;

/// <summary>Tests with Anthropic's own .NET client, which checks every answer. It is told where the gateway is, and nothing else.</summary>
public abstract class AnthropicSdkTest : GatewayTest
{
    private static readonly Dictionary<string, JsonElement> Nothing = [];

    private protected AnthropicSdkTest(GatewayFixture gateway)
        : base(gateway) => Sdk = new AnthropicClient
        {
            BaseUrl = gateway.Gateway.Data.ToString().TrimEnd('/'),
            ApiKey = "no-key-needed",
            MaxRetries = 0,
            ResponseValidation = true,
        };

    /// <summary>Behind the first the bytes go through, behind the second they are translated.</summary>
    public static TheoryData<string> Models => [GatewayFixture.AnthropicModel, GatewayFixture.OpenAiModel];

    protected AnthropicClient Sdk { get; }

    /// <summary>A request with the given members, as JSON, besides the model and a limit.</summary>
    protected static MessageCreateParams Ask(string model, string members = """ "messages":[{"role":"user","content":"Hello"}] """) =>
        MessageCreateParams.FromRawUnchecked(Nothing, Nothing, Members($$"""{"model":"{{model}}","max_tokens":500,{{members}}}"""));

    protected static MessageCountTokensParams Count(string model) =>
        MessageCountTokensParams.FromRawUnchecked(Nothing, Nothing, Members($$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello"}]}"""));

    private static Dictionary<string, JsonElement> Members(string json) => JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(json)!;
}
