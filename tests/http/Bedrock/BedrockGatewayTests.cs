using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Bedrock;

/// <summary>Bedrock through the whole product: what Amazon would see of it, and of a stream that arrives in its framing.</summary>
public sealed class BedrockGatewayTests
{
    private const string Key = "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private const string Profile = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/abc";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_OfASignedProvider_HasASignatureOfWhatIsOnTheWire()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Behaviour = new Behaviour
        {
            Body = """{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}""",
        };
        await using var silo = await StartAsync(upstream);
        using var client = TestHttp.Client(silo.Data);

        using var response = await PostAsync(client, "/v1/chat/completions", $$"""{"model":"{{Profile}}","messages":[{"role":"user","content":"Hi"}]}""");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var sent = Assert.Single(upstream.Requests);
        Assert.Equal($"/model/{Uri.EscapeDataString(Profile)}/converse", sent.Target);
        var date = sent.Header("x-amz-date")!;
        var at = DateTimeOffset.ParseExact(date, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var signed = new AwsRequest("POST", sent.Target, [new("host", sent.Header("host")!), new("x-amz-date", date)], sent.Body);
        Assert.Equal(new AwsSignature("eu-west-1", "bedrock", at).Sign(signed, AwsCredentials.TryParse(Key)!), sent.Header("authorization"));
        Assert.Equal("application/json", sent.Header("content-type"));
    }

    [Fact]
    public async Task Health_OfAProvider_IsItsListOfModels()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var silo = await StartAsync(upstream);
        using var admin = TestHttp.Client(silo.Admin);

        using var response = await admin.PostAsync(new Uri("/admin/v1/providers/aws/check", UriKind.Relative), null, Cancel);

        Assert.True((bool)JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["healthy"]!);
        Assert.Equal(("GET", "/foundation-models"), (upstream.AllRequests[^1].Method, upstream.AllRequests[^1].Target));
        Assert.StartsWith("AWS4-HMAC-SHA256 ", upstream.AllRequests[^1].Header("authorization"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Embedding_OfATitan_IsAsOpenAiHasIt()
    {
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Behaviour = new Behaviour { Body = """{"embedding":[0.5,-1],"inputTextTokenCount":3}""" };
        await using var silo = await StartAsync(upstream);
        using var client = TestHttp.Client(silo.Data);

        using var response = await PostAsync(client, "/v1/embeddings", """{"model":"amazon.titan-embed-text-v2:0","input":"Hi"}""");

        Assert.Equal("/model/amazon.titan-embed-text-v2%3A0/invoke", Assert.Single(upstream.Requests).Target);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!;
        Assert.Equal((0.5, 3), ((double)answer["data"]![0]!["embedding"]![0]!, (int)answer["usage"]!["prompt_tokens"]!));
    }

    [Theory]
    [InlineData(0, 429, null)]    // before the first content it is a plain error
    [InlineData(1, 200, "upstream_rate_limited")]
    public async Task Throttling_InAStream_IsToldAsSuch(int pieces, int status, string? code)
    {
        var stream = new List<byte>(AmazonMessages.Event("messageStart", """{"role":"assistant"}"""));
        for (var i = 0; i < pieces; i++)
        {
            stream.AddRange(AmazonMessages.Event("contentBlockDelta", """{"contentBlockIndex":0,"delta":{"text":"a"}}"""));
        }

        stream.AddRange(AmazonMessages.Exception("throttlingException", """{"message":"Too many tokens"}"""));
        await using var upstream = await ScriptedUpstream.StartAsync();
        upstream.Behaviour = new Behaviour { BodyBytes = [.. stream], ContentType = "application/vnd.amazon.eventstream" };
        await using var silo = await StartAsync(upstream);
        using var client = TestHttp.Client(silo.Data);

        using var response = await PostAsync(client, "/v1/chat/completions", """{"model":"amazon.nova-lite-v1:0","stream":true,"messages":[{"role":"user","content":"Hi"}]}""");

        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.Equal(status, (int)response.StatusCode);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.Contains(code ?? "upstream_rate_limited", text, StringComparison.Ordinal);
    }

    private static Task<SiloProcess> StartAsync(ScriptedUpstream upstream)
    {
        var provider = ProgramOptions.Provider("aws", "bedrock", upstream.Url, "*");
        provider["ApiKey"] = Key;
        provider["Region"] = "eu-west-1";
        return SiloProcess.StartAsync(new ProgramOptions { Config = new JsonObject { ["Providers"] = new JsonArray(provider) } });
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path, string body) =>
        client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Cancel);
}
