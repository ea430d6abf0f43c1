using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Routing;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Routing;

/// <summary>Models that the gateway makes up for: who is asked, and when.</summary>
public sealed class ModelReachTests
{
    private const ModelCapabilities StreamedChat = ModelCapabilities.Chat | ModelCapabilities.Streaming;
    private const ModelCapabilities StreamedText = ModelCapabilities.Completions | ModelCapabilities.Streaming;

    [Theory]
    [InlineData(ModelCapabilities.Chat, StreamedChat | ModelCapabilities.Completions)]
    [InlineData(ModelCapabilities.Completions, StreamedText)]
    [InlineData(ModelCapabilities.Embeddings, ModelCapabilities.Embeddings)]
    [InlineData(ModelCapabilities.None, ModelCapabilities.None)]
    public void Reach_OfAModel_IsWhatCanBeMadeOfItsAnswers(ModelCapabilities own, ModelCapabilities reach) => Assert.Equal(reach, own.WithMakeshift());

    [Fact]
    public void Pick_OneStreamsItself_GoesBeforeABetterOneThatDoesNot()
    {
        var index = Index([Can("whole", ModelCapabilities.Chat), Can("streams", StreamedChat)], [], Score("whole", 90), Score("streams", 40));

        Assert.Equal(["streams", "whole"], Order(index, StreamedChat));
        Assert.Equal(["whole", "streams"], Order(index, ModelCapabilities.Chat));
    }

    [Fact]
    public void Pick_TheOneThatStreamsIsUnhealthy_GoesLast()
    {
        var index = Index([Can("whole", ModelCapabilities.Chat), Can("streams", StreamedChat)], [], Score("streams", 90, ProviderStatus.Unhealthy));

        Assert.Equal(["whole", "streams"], Order(index, StreamedChat));
    }

    [Fact]
    public void Pick_OrderedAlias_KeepsItsOrder()
    {
        var index = Index([Can("whole", ModelCapabilities.Chat), Can("streams", StreamedChat)], [new AliasDefinition("x", ["whole/m", "streams/m"], true)]);

        Assert.Equal(["whole", "streams"], Order(index, StreamedChat, "x"));
    }

    [Fact]
    public void Pick_TextOfAModelThatChats_IsServed()
    {
        var index = Index([Can("chats", ModelCapabilities.Chat), Can("embeds", ModelCapabilities.Embeddings)], []);

        Assert.Equal(["chats"], Order(index, StreamedText));
    }

    private static ProviderDefinition Can(string name, ModelCapabilities capabilities) =>
        Provider(name) with { Models = [new() { Id = "m", Capabilities = capabilities }] };

    private static List<string> Order(RoutingIndex index, ModelCapabilities required, string model = "m")
    {
        var set = index.Resolve(model);
        var tried = new List<int>();
        while (Pick(set, new PickRequest(required, 100, 100), tried: tried.ToArray()) is var next and >= 0)
        {
            tried.Add(next);
        }

        return [.. tried.Select(i => set[i].Provider.Name)];
    }
}
