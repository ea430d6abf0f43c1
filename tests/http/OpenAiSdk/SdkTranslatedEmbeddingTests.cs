using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Embeddings;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.OpenAiSdk;

/// <summary>Embeddings of providers with a form of their own, asked for by OpenAI's client, which wants them in base64; and rankings.</summary>
public sealed class SdkTranslatedEmbeddingTests : IClassFixture<SdkTranslatedEmbeddingTests.Translating>
{
    private readonly Translating _gateway;

    public SdkTranslatedEmbeddingTests(Translating gateway)
    {
        _gateway = gateway;
        _gateway.Upstream.Reset();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("embed-v4.0", """{"id":"i","embeddings":{"float":[[0.5,-2],[1,0.25]]},"meta":{"billed_units":{"input_tokens":4}}}""")]
    [InlineData("embeddinggemma", """{"model":"embeddinggemma","embeddings":[[0.5,-2],[1,0.25]],"prompt_eval_count":4}""")]
    public async Task Embeddings_OfAnotherForm_AreReadByTheClient(string model, string body)
    {
        _gateway.Upstream.Next(new Behaviour { Body = body });
        var client = new OpenAIClient(
            new ApiKeyCredential("no-key-needed"),
            new OpenAIClientOptions { Endpoint = new Uri(_gateway.Silo.Data, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });

        OpenAIEmbeddingCollection answer = await client.GetEmbeddingClient(model).GenerateEmbeddingsAsync(["one", "two"], cancellationToken: Cancel);

        Assert.Equal([0.5f, -2f], answer[0].ToFloats().ToArray());
        Assert.Equal([1f, 0.25f], answer[1].ToFloats().ToArray());
        Assert.Equal(4, answer.Usage.InputTokenCount);
    }

    [Fact]
    public async Task Ranking_OfCohere_GoesThroughAsItIs()
    {
        const string Answer = """{"id":"i","results":[{"index":1,"relevance_score":0.9}],"meta":{"billed_units":{"search_units":1}}}""";
        _gateway.Upstream.Next(new Behaviour { Body = Answer });
        using var content = new StringContent("""{"model":"rerank-v4.0","query":"q","documents":["a","b"]}""", Encoding.UTF8, "application/json");

        using var response = await _gateway.Data.PostAsync(new Uri("/v1/rerank", UriKind.Relative), content, Cancel);

        Assert.Equal(Answer, await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal("/v2/rerank", Assert.Single(_gateway.Upstream.Requests).Target);
    }

    public sealed class Translating : GatewayOverOne
    {
        private protected override JsonObject Config()
        {
            var cohere = ProgramOptions.Provider("cohere", "cohere", Upstream.Url, "embed-v4.0");
            cohere["Models"]!.AsArray().Add(new JsonObject { ["Id"] = "rerank-v4.0", ["Capabilities"] = new JsonArray("rerank") });
            return new JsonObject
            {
                ["Providers"] = new JsonArray(cohere, ProgramOptions.Provider("ollama", "ollama-native", Upstream.Url, "embeddinggemma")),
            };
        }
    }
}
