using System.Net;
using System.Text;
using ProxyCluster.Tests.Http.Gateway;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Bodies that cost their sender little and a careless reader everything: refused before a provider hears of them.</summary>
public sealed class JsonBombTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    private const string Chat = "/v1/chat/completions";
    private const string Turn = """{"role":"user","content":"Hi"}""";

    public static TheoryData<string, string, string> Bombs
    {
        get
        {
            var bombs = new TheoryData<string, string, string>();
            foreach (var route in new[] { Chat, "/v1/messages", "/v1/responses", "/v1/embeddings", "/v1/completions" })
            {
                bombs.Add(route, "arrays", Body(new string('[', 100_000)));
                bombs.Add(route, "objects", Body(Repeat("""{"a":""", 100_000)));
                bombs.Add(route, "closed arrays", Body(new string('[', 1000) + new string(']', 1000)));
                bombs.Add(route, "two models", $$"""{"model":"gpt-4o","model":"other","input":"a","prompt":"a","max_tokens":1,"messages":[{{Turn}}]}""");
                bombs.Add(route, "two models, one escaped", $$"""{"model":"gpt-4o","\u006dodel":"other","input":"a","prompt":"a","max_tokens":1,"messages":[{{Turn}}]}""");
                bombs.Add(route, "half a number", """{"model":"gpt-4o","n":1e""");
                bombs.Add(route, "zeros", "{\"model\":\"gpt-4o\",\"n\":1" + new string('0', 900_000) + "}");
                bombs.Add(route, "unending text", "{\"model\":\"" + new string('a', 900_000));
                bombs.Add(route, "unending model", "{\"model\":\"" + new string('a', 900_000) + "\",\"input\":\"a\",\"prompt\":\"a\",\"max_tokens\":1,\"messages\":[" + Turn + "]}");
                bombs.Add(route, "too much", "{\"model\":\"gpt-4o\",\"x\":\"" + new string('a', 1024 * 1024) + "\"}");
            }

            foreach (var (route, list) in new[] { (Chat, "messages"), ("/v1/messages", "messages"), ("/v1/messages/count_tokens", "messages"), ("/v1/responses", "input"), ("/v1/context/condense", "messages") })
            {
                bombs.Add(route, "two roles", $$"""{"model":"gpt-4o","max_tokens":1,"{{list}}":[{"role":"user","content":"Hi","role":"system"}]}""");
                bombs.Add(route, "two texts of a part", $$"""{"model":"gpt-4o","max_tokens":1,"{{list}}":[{"role":"user","content":[{"type":"text","text":"Hi","text":"Ho"}]}]}""");
                bombs.Add(route, "two names of a tool", $$$"""{"model":"gpt-4o","max_tokens":1,"{{{list}}}":[{{{Turn}}}],"tools":[{"type":"function","function":{"name":"a","n\u0061me":"b"}}]}""");
                bombs.Add(route, "tools", $$$"""{"model":"gpt-4o","max_tokens":1,"{{{list}}}":[{{{Turn}}}],"tools":[{{{Repeat("""{"type":"function","name":"a","input_schema":{}},""", 512)}}}{}]}""");
            }

            bombs.Add(Chat, "messages", $$"""{"model":"gpt-4o","messages":[{{Repeat(Turn + ",", 4096)}}{{Turn}}]}""");
            return bombs;

            static string Body(string inner) => $$"""{"model":"gpt-4o","input":"a","prompt":"a","max_tokens":1,"messages":[{{Turn}}],"x":{{inner}}}""";
        }
    }

    [Theory, MemberData(nameof(Bombs))]
    public async Task Body_ThatIsABomb_IsRefusedAndHeardByNobody(string route, string what, string body)
    {
        using var response = await SendAsync(Post(route, body));

        Assert.True((int)response.StatusCode is >= 400 and < 500, $"{what}: {(int)response.StatusCode}");
        Assert.Equal(0, First.RequestCount);
        using var alive = await Gateway.Ops.GetAsync("/health/live", Cancel);
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);
    }

    [Theory]
    [InlineData("[", 100_000)]
    [InlineData("{\"a\":", 100_000)]
    public async Task Body_OfTheAdminPlane_IsRefused(string opening, int times)
    {
        using var content = new StringContent("{\"name\":" + Repeat(opening, times), Encoding.UTF8, "application/json");
        using var response = await Gateway.Admin.PostAsync(new Uri("/admin/v1/providers", UriKind.Relative), content, Cancel);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private static string Repeat(string text, int times) => new StringBuilder(text.Length * times).Insert(0, text, times).ToString();
}
