using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.OwnCode;

/// <summary>Providers of the samples' types in the admin API, and the connections that the samples use.</summary>
public sealed class SampleAdminTests(SampleHost host) : SampleTest(host)
{
    [Fact]
    public async Task Provider_OfAnExtensionsType_CanBeMadeByTheAdminApi()
    {
        var baseUrl = new Uri(Host.Acme.Url, "/other").ToString();

        using var keyless = await Host.Admin.PostAsJsonAsync("/admin/v1/providers", new { name = "keyless", type = "acme", baseUrl }, Cancel);
        using var made = await Host.Admin.PostAsJsonAsync("/admin/v1/providers", new { name = "made", type = "acme", baseUrl, apiKey = "${PATH}", models = new[] { "made-1" } }, Cancel);
        using var answer = await PostAsync("""{"model":"made/made-1","messages":[{"role":"user","content":"Hi"}]}""");

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.Created), (keyless.StatusCode, made.StatusCode));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("/other/generate", Assert.Single(Host.Acme.Requests).Target);
    }

    [Fact]
    public async Task Request_OfAnAdapter_HasItsKeyAndTheDefinitionsHeaders()
    {
        using var answer = await PostAsync("""{"model":"acme-1","user":"u-1","metadata":{"a":"b"},"messages":[{"role":"user","content":"Hi"}]}""");

        var sent = Assert.Single(Host.Acme.Requests);
        Assert.Equal(("/v1/generate", "upstream-key-of-acme", "ours"), (sent.Target, sent.Header("x-acme-key"), sent.Header("x-team")));
        Assert.Equal("metadata: dropped", Assert.Single(answer.Headers.GetValues("x-proxy-warning")));
    }

    [Fact]
    public async Task Provider_Checked_IsAskedByItsCode()
    {
        using var well = await Host.Admin.PostAsync(new Uri("/admin/v1/providers/acme/check", UriKind.Relative), null, Cancel);
        Host.Acme.GetBehaviour = new Behaviour { Status = 503 };
        using var ill = await Host.Admin.PostAsync(new Uri("/admin/v1/providers/acme/check", UriKind.Relative), null, Cancel);

        Assert.True((bool)JsonNode.Parse(await well.Content.ReadAsStringAsync(Cancel))!["healthy"]!);
        var found = JsonNode.Parse(await ill.Content.ReadAsStringAsync(Cancel))!;
        Assert.False((bool)found["healthy"]!);
        Assert.Equal("Answered with status 503.", (string?)found["detail"]);
        Assert.All(Host.Acme.AllRequests, static request => Assert.Equal("/v1/engines", request.Target));
    }

    [Fact]
    public async Task Models_OfAPattern_AreThoseThatTheCodeLists()
    {
        var waited = Stopwatch.StartNew();
        string models;
        do
        {
            models = await Host.Client.GetStringAsync(new Uri("/v1/models", UriKind.Relative), Cancel);
        }
        while (!models.Contains("acme-2", StringComparison.Ordinal) && waited.Elapsed < TimeSpan.FromSeconds(20));

        Assert.Contains("acme-2", models, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task ClientThatLeaves_TakesTheCodesOwnCallWithIt(string model)
    {
        var upstream = UpstreamOf(model);
        upstream.Next(new Behaviour { Silent = true });
        using var client = await RawHttp.ConnectAsync(Host.Gateway.Data);
        var body = $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hi"}]}""";
        await client.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}");
        var asked = await upstream.NextRequestAsync();

        client.Abort();

        Assert.True((await asked.Ended.WaitAsync(TimeSpan.FromSeconds(5), Cancel)).PeerLeft, "The call went on without its client.");
    }

    [Fact]
    public async Task Configuration_SentToBeChecked_LoadsNothing()
    {
        using var answer = await Host.Admin.PostAsJsonAsync("/admin/v1/config/check", new { Extensions = new[] { SampleHost.Sample("AdapterPlugin") } }, Cancel);

        Assert.Contains("loaded at a start only", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private async Task<HttpResponseMessage> PostAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await Host.Client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, Cancel);
    }
}
