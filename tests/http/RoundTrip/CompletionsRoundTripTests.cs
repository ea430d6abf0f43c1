using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>The older route of text before every type of provider.</summary>
[Collection(RoundTripCollection.Name)]
public sealed class CompletionsRoundTripTests(RoundTripFixture fixture)
{
    public static TheoryData<string> Outbounds => [.. Outbound.All.Select(static outbound => outbound.Type)];

    [Theory, MemberData(nameof(Outbounds))]
    public async Task Completion_OfEachProvider_IsPassedOnOrGoesAsAChat(string outbound)
    {
        using var client = TestHttp.Client(fixture.Gateway);
        var body = new JsonObject { ["model"] = Outbound.Of(outbound).ModelFor(Feature.Text), ["prompt"] = Script.Question(Feature.Completion) };
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");

        using var response = await client.PostAsync(new Uri("/v1/completions", UriKind.Relative), content, TestContext.Current.CancellationToken);

        var row = DialectTable.RowsOf("From Completions").Single(row => row["provider"] == outbound);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal((HttpStatusCode.OK, "text_completion"), (response.StatusCode, (string?)answer["object"]));
        Assert.NotEmpty((string)answer["choices"]![0]!["text"]!);
        Assert.Equal((DialectTable.Yes, response.Headers.Contains("x-proxy-warning") ? "as a chat" : "passed on"), (row["text"], row["how"]));
    }
}
