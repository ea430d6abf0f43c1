using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Custom;
using static ProxyCluster.Tests.Unit.Routing.Definitions;

namespace ProxyCluster.Tests.Unit.Providers.Custom;

/// <summary>A custom provider of text completions: as it is taken where nothing is said, and as it is described.</summary>
public sealed class CustomCompletionTests
{
    private readonly ProviderCase _usual = Case(null);

    [Fact]
    public void Request_OfAProviderOfWhichNothingIsSaid_IsAPromptWithItsSettings()
    {
        var request = Text("\"max_tokens\":9,\"temperature\":0.5,\"stop\":\"x\"");

        Assert.Equal("https://provider.example/completions", _usual.Adapter.CreateRequest(_usual.Target(), request).Message!.RequestUri!.AbsoluteUri);
        ProviderCase.AssertJson("""{"model":"m1","prompt":"Once","max_tokens":9,"temperature":0.5,"stop":["x"]}""", _usual.Sent(request));
    }

    [Theory]
    [InlineData("""{"id":"a1","created":1,"model":"m1","text":"upon","finish_reason":"length","usage":{"prompt_tokens":4,"completion_tokens":2}}""")]
    [InlineData("""{"id":"a1","object":"text_completion","choices":[{"text":"upon","index":0,"finish_reason":"length"}],"usage":{"prompt_tokens":4,"completion_tokens":2}}""")]
    public void Answer_OfAProviderOfWhichNothingIsSaid_IsATextCompletion(string body)
    {
        var (answer, shown) = _usual.Read(Text("\"n\":1"), body);

        Assert.Equal(new TokenUsage(4, 0, 0, 2, 0), answer.Usage);
        Assert.Equal(("a1", "text_completion"), ((string)shown!["id"]!, (string)shown["object"]!));
        ProviderCase.AssertJson("""[{"text":"upon","index":0,"logprobs":null,"finish_reason":"length"}]""", shown["choices"]);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"text":"a","error":"no"}""")]
    [InlineData("""{"text":"a","error":{"message":"no"}}""")]
    public void Answer_ThatIsNone_IsInvalid(string body) => Assert.Equal(AnswerValidity.Invalid, _usual.Read(Text("\"n\":1"), body).Answer.Validity);

    [Fact]
    public void Paths_OfAProviderOfWhichNothingIsSaid_AreTheUsualOnes()
    {
        var mapping = new CustomOptions().ToMapping();

        Assert.Equal((null, "completions", "health", "models"), (mapping.ChatPath, mapping.CompletionPath, mapping.HealthPath, mapping.ModelsPath));
        Assert.Empty(CustomRules.Check(new CustomOptions()));
    }

    [Fact]
    public void Template_OfBothRoutes_IsFilledForTheOneThatIsAsked()
    {
        var options = new CustomOptions
        {
            ChatPath = "talk",
            CompletionPath = "write",
            Request = """{"turns":"{{messages}}","start":"{{prompt}}"}""",
            Response = { Text = "t" },
        };
        var both = Case(options.ToMapping());

        Assert.Empty(CustomRules.Check(options));
        ProviderCase.AssertJson("""{"start":"Once"}""", both.Sent(Text("\"n\":1")));
        ProviderCase.AssertJson("""{"turns":[{"role":"user","content":"Hi"}]}""", both.Sent(both.Chat("\"n\":1")));
        Assert.Equal("https://provider.example/write", both.Adapter.CreateRequest(both.Target(), Text("\"n\":1")).Message!.RequestUri!.AbsoluteUri);
        Assert.Equal("https://provider.example/talk", both.Adapter.CreateRequest(both.Target(), both.Chat("\"n\":1")).Message!.RequestUri!.AbsoluteUri);
    }

    [Fact]
    public void Routes_ThatAreNotDescribed_AreNotServed()
    {
        var chats = Case(new CustomOptions { Request = """{"m":"{{messages}}"}""", Response = { Text = "t" } }.ToMapping()).Adapter;

        Assert.Equal((false, true), (chats.Supports(InferenceOperation.Completions), chats.Supports(InferenceOperation.CompletionsByChat)));
        Assert.Equal((true, false), (_usual.Adapter.Supports(InferenceOperation.Completions), _usual.Adapter.Supports(InferenceOperation.ChatCompletions)));
        Assert.False(_usual.Adapter.Supports(InferenceOperation.Embeddings));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Rules_OfARouteThatTheTemplateDoesNotFit_NameTheTemplate(bool isMissing)
    {
        var options = isMissing
            ? new CustomOptions { ChatPath = "talk", Response = { Text = "t" } }
            : new CustomOptions { CompletionPath = "write", Request = """{"m":"{{messages}}"}""", Response = { Text = "t" } };

        Assert.Equal("Request", Assert.Single(CustomRules.Check(options)).Setting);
    }

    [Fact]
    public void Models_OfWhichNothingIsSaid_HaveTheLimitsAndThePriceOfCustomOnes()
    {
        var index = Index(Custom("*"));

        var candidate = index.Resolve("custom-storyteller")[0];

        Assert.Equal((4096, 2048, 0m, 0m), (candidate.Entry.ContextLengthTokens, candidate.Entry.MaxOutputTokens, candidate.Entry.InputCostPerMillion, candidate.Entry.OutputCostPerMillion));
        Assert.Equal("storyteller", candidate.UpstreamModel);
        Assert.Equal("custom-storyteller", CustomDefaults.NameOf(candidate.Entry, "storyteller"));
        Assert.Equal("other", index.Resolve("other")[0].UpstreamModel);
    }

    [Fact]
    public void Models_OfWhichSomethingIsSaid_KeepIt()
    {
        var provider = Custom("custom-*") with { Models = [new ModelDefinition { Id = "custom-*", ContextLengthTokens = 10, InputCostPerMillion = 3 }] };

        var candidate = Index(provider).Resolve("custom-x")[0];

        Assert.Equal((10, 2048, 3m, null), (candidate.Entry.ContextLengthTokens, candidate.Entry.MaxOutputTokens, candidate.Entry.InputCostPerMillion, candidate.Entry.OutputCostPerMillion));
        Assert.Equal("custom-x", candidate.UpstreamModel);
        Assert.Equal("custom-x", CustomDefaults.NameOf(candidate.Entry, "custom-x"));
    }

    [Theory]
    [InlineData(CustomDefaults.Type, 0, true)]
    [InlineData(CustomDefaults.Type, 4096, false)]
    [InlineData(CustomDefaults.Type, 10, false)]
    [InlineData("openai", 0, false)]
    public void Context_ThatNobodyHasStated_IsAssumed(string type, int stated, bool isAssumed)
    {
        var provider = Provider("acme", "m1") with { Type = type, Models = [new ModelDefinition { Id = "m1", ContextLengthTokens = stated }] };

        Assert.Equal(isAssumed, Index(provider).Resolve("m1")[0].IsContextAssumed);
    }

    private static ProviderDefinition Custom(params string[] models) => Provider("acme", models) with { Type = CustomDefaults.Type };

    private static InferenceRequest Text(string members) =>
        ProviderCase.Request($$"""{"model":"m1","prompt":"Once",{{members}}}""", InferenceOperation.Completions);

    private static ProviderCase Case(CustomMapping? mapping) => new(
        new CustomAdapter(new FakeTimeProvider()).For(new ProviderDefinition { Name = "acme", Type = CustomDefaults.Type, Custom = mapping }), "m1");
}
