using System.ClientModel;
using OpenAI.Embeddings;
using OpenAI.Models;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.OpenAiSdk;

public sealed class SdkModelTests(GatewayFixture gateway) : SdkTest(gateway)
{
    [Fact]
    public async Task Embeddings_TwoInputs_ComeBackInOrder()
    {
        OpenAIEmbeddingCollection answer = await Sdk.GetEmbeddingClient(GatewayFixture.EmbeddingModel).GenerateEmbeddingsAsync(["one", "two"], cancellationToken: Cancel);

        Assert.Equal([0, 1], answer.Select(embedding => embedding.Index));
        Assert.Equal([1f, 0.5f, -0.25f, 0.125f], answer[1].ToFloats().ToArray());
        Assert.Equal(11, answer.Usage.InputTokenCount);
    }

    [Fact]
    public async Task Models_List_ShowsProvidersModelsAndAliases()
    {
        OpenAIModelCollection models = await Sdk.GetOpenAIModelClient().GetModelsAsync(Cancel);

        var ids = models.Select(model => model.Id).ToList();
        Assert.Contains(GatewayFixture.OpenAiModel, ids);
        Assert.Contains(GatewayFixture.AnthropicModel, ids);
        Assert.Contains("dead-then-second", ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public async Task Models_OneByName_IsShown()
    {
        OpenAIModel model = await Sdk.GetOpenAIModelClient().GetModelAsync(GatewayFixture.AnthropicModel, Cancel);

        Assert.Equal(GatewayFixture.AnthropicModel, model.Id);
    }

    [Fact]
    public async Task Models_UnknownName_IsNotFound()
    {
        var fault = await Assert.ThrowsAsync<ClientResultException>(() => Sdk.GetOpenAIModelClient().GetModelAsync("no-such-model", Cancel));

        Assert.Equal(404, fault.Status);
    }
}
