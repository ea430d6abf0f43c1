using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Providers.Gemini;

namespace ProxyCluster.Tests.Unit.Providers.Gemini;

public sealed class VertexAdapterTests
{
    private static readonly VertexAdapter Adapter = new(GeminiCase.Clock);

    [Theory]
    [InlineData("https://us-central1-aiplatform.googleapis.com/v1/projects/p/locations/us-central1/", "ya29.t", "gemini-2.5-pro", "v1/projects/p/locations/us-central1/publishers/google/models/gemini-2.5-pro:generateContent")]
    [InlineData("https://aiplatform.googleapis.com/v1/", "AIza-k", "gemini-2.5-pro", "v1/publishers/google/models/gemini-2.5-pro:generateContent")]
    [InlineData("https://aiplatform.googleapis.com/v1/", null, "publishers/google/models/gemini-2.5-pro", "v1/projects/acme/locations/global/publishers/google/models/gemini-2.5-pro:generateContent")]
    [InlineData("https://europe-west4-aiplatform.googleapis.com/v1/", null, "endpoints/123", "v1/projects/acme/locations/europe-west4/endpoints/123:generateContent")]
    public void Address_ByBaseUrlAndCredential_NamesProjectAndLocation(string baseUrl, string? key, string model, string path)
    {
        var upstream = Adapter.CreateRequest(GeminiCase.Target(model, baseUrl, key ?? TestAccount.File()), GeminiCase.Ask(""));

        using var message = upstream.Message!;
        Assert.Equal(new Uri(new Uri(baseUrl), "/" + path), message.RequestUri);
    }

    [Theory]
    [InlineData("AIzaSyPlanted", "x-goog-api-key", "AIzaSyPlanted")]
    [InlineData("AQ.Planted", "x-goog-api-key", "AQ.Planted")]
    [InlineData("ya29.planted", "Authorization", "Bearer ya29.planted")]
    public void Key_ByItsForm_GoesInItsHeader(string key, string header, string value)
    {
        var upstream = Adapter.CreateRequest(GeminiCase.Target(key: key), GeminiCase.Ask(""));

        using var message = upstream.Message!;
        Assert.Equal([value], message.Headers.GetValues(header));
        Assert.False(message.Headers.Contains(header == "Authorization" ? "x-goog-api-key" : "Authorization"));
    }

    [Fact]
    public void ServiceAccount_IsLeftToTheHandlerAndNeverSent()
    {
        var upstream = Adapter.CreateRequest(GeminiCase.Target(key: TestAccount.File()), GeminiCase.Ask(""));

        using var message = upstream.Message!;
        Assert.True(message.Options.TryGetValue(AccessTokenHandler.Account, out var account));
        Assert.Equal("robot@acme.iam.gserviceaccount.com", account?.ToString());
        Assert.DoesNotContain("PRIVATE KEY", message.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void FileThatIsNoAccount_IsSentAsNothing()
    {
        var upstream = Adapter.CreateRequest(GeminiCase.Target(key: """{"type":"authorized_user"}"""), GeminiCase.Ask(""));

        using var message = upstream.Message!;
        Assert.DoesNotContain(message.Headers, static header => header.Key is "Authorization" or "x-goog-api-key");
    }

    [Theory]
    [InlineData("gemini-*", "gemini-2.5-flash")]
    [InlineData("gemini-3-pro-preview", "gemini-3-pro-preview")]
    public void HealthCheck_CountsTokensOfAModelThatIsServed(string served, string asked)
    {
        var target = GeminiCase.Target(baseUrl: "https://aiplatform.googleapis.com/v1/projects/p/locations/global/");
        target = target with { Definition = target.Definition with { Models = [new ModelDefinition { Id = served }] } };

        using var message = Adapter.CreateHealthCheck(target);

        Assert.Equal(HttpMethod.Post, message.Method);
        Assert.EndsWith($"/global/publishers/google/models/{asked}:countTokens", message.RequestUri!.AbsoluteUri, StringComparison.Ordinal);
    }

    [Fact]
    public void ModelList_IsWhatGooglePublishes()
    {
        var target = GeminiCase.Target(baseUrl: "https://europe-west4-aiplatform.googleapis.com/v1/projects/p/locations/europe-west4/", key: "ya29.t");

        using var message = Adapter.CreateModelList(target);

        Assert.Equal("https://europe-west4-aiplatform.googleapis.com/v1beta1/publishers/google/models?pageSize=1000", message.RequestUri!.AbsoluteUri);
        Assert.Equal((HttpMethod.Get, "Bearer ya29.t"), (message.Method, message.Headers.GetValues("Authorization").Single()));
    }

    [Theory]
    [InlineData("https://aiplatform.googleapis.com/v1/", false)]
    [InlineData("https://aiplatform.googleapis.com/v1beta1/", true)]
    public void CallIds_OfAVersionThatHasNone_AreNotSent(string baseUrl, bool isSent)
    {
        var upstream = Adapter.CreateRequest(GeminiCase.Target(baseUrl: baseUrl, key: "ya29.t"), GeminiCase.Say("""
            [{"role":"user","content":"x"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"c","content":"42"}]
            """));

        using var stream = upstream.Message!.Content!.ReadAsStream(TestContext.Current.CancellationToken);
        Assert.Equal(isSent, new StreamReader(stream).ReadToEnd().Contains("\"id\":\"c\"", StringComparison.Ordinal));
    }
}
