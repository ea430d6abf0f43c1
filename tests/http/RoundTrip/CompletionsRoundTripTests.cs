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
    public async Task Completion_OfEachProvider_IsAnsweredOrRefused(string outbound)
    {
        using var client = TestHttp.Client(fixture.Gateway);
        var body = new JsonObject { ["model"] = Outbound.Of(outbound).ModelFor(Feature.Text), ["prompt"] = "Once upon" };
        using var content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");

        using var response = await client.PostAsync(new Uri("/v1/completions", UriKind.Relative), content, TestContext.Current.CancellationToken);

        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        if (DialectTable.RowsOf("From Completions").Single(row => row["provider"] == outbound)["text"] == DialectTable.Yes)
        {
            Assert.Equal((HttpStatusCode.OK, "text_completion"), (response.StatusCode, (string?)answer["object"]));
            Assert.NotEmpty((string)answer["choices"]![0]!["text"]!);
        }
        else
        {
            Assert.Equal((HttpStatusCode.BadRequest, "capability_not_supported"), (response.StatusCode, (string?)answer["error"]!["code"]));
        }
    }
}
