using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Http.Outbound;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Names of models that mean to be more than one segment of a path, at the providers that have them in their paths.</summary>
public sealed class ModelInPathTests(ModelInPathTests.InPaths gateway) : IClassFixture<ModelInPathTests.InPaths>
{
    private static readonly string[] Names =
    [
        "..", "../..", "../../admin", "..%2f..%2fadmin", "%2e%2e%2f", "a/../../b", "/etc/passwd", "//evil.example/v1", "\\\\evil.example\\v1", "@evil.example", "x@evil.example:80", "#", "a#b", "?", "a?key=stolen",
        "a?alt=media#", "a;b", "a:b", ":80/", "http://evil.example/", "evil.example#", ".evil.example", "a b", "a%20b", "a&b=c", "a+b", "%", "%zz", "%00", "a%0d%0aHost:evil", "。。", "．．／", "∕evil", "a\u00a0b",
        "..\\..\\", "....//", ".;/", "a/./b", "a//b", "~", "*",
    ];

    [Theory]
    [InlineData("gemini", "/v1beta/models/", ":generateContent")]
    [InlineData("azure-openai", "/openai/", "/chat/completions")]
    [InlineData("bedrock", "/model/", "/converse")]
    public async Task Name_OfAModel_StaysOneSegment(string provider, string begin, string end)
    {
        await using var trap = new TrapListener();
        var asked = 0;
        foreach (var name in Names.Append($"@127.0.0.1:{trap.Port}").Append($"//127.0.0.1:{trap.Port}/"))
        {
            gateway.Upstream.Reset();
            using var response = await gateway.Data.ChatAsync(JsonSerializer.Serialize($"{provider}/{name}").Trim('"'));
            Assert.True((int)response.StatusCode != 500, $"{name} was answered 500.");
            foreach (var request in gateway.Upstream.Requests)
            {
                asked++;
                var path = request.Target.Split('?')[0];
                Assert.True(path.StartsWith(begin, StringComparison.Ordinal) && path.EndsWith(end, StringComparison.Ordinal), $"{name} became {request.Target}");
                Assert.DoesNotContain("/../", path.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase), StringComparison.Ordinal);
                Assert.DoesNotContain('/', path[begin.Length..^end.Length].Replace("deployments/", "", StringComparison.Ordinal));
                Assert.Equal(gateway.Upstream.Url.Authority, request.Header("host"));
                Assert.DoesNotContain("stolen", request.Target.Split('?').ElementAtOrDefault(1) ?? "", StringComparison.Ordinal);
            }
        }

        Assert.InRange(asked, 10, 1000);
        Assert.Equal(0, trap.Connections);
    }

    public sealed class InPaths : GatewayOverOne
    {
        private protected override JsonObject Config()
        {
            Upstream.TakesAnything = true;
            return new JsonObject
            {
                ["Providers"] = new JsonArray(Provider("gemini", "/v1beta"), Provider("azure-openai", "/"), Provider("bedrock", "/")),
                ["Routing"] = new JsonObject
                {
                    ["Retry"] = new JsonObject { ["AskAgain"] = false },
                    ["Circuit"] = new JsonObject { ["ConsecutiveFailures"] = 1000, ["MinimumCalls"] = 1000 },
                    ["Health"] = new JsonObject { ["ActiveChecks"] = false },
                    ["DiscoveryMinutes"] = 0,
                },
            };
        }

        private JsonObject Provider(string type, string path)
        {
            var provider = ProgramOptions.Provider(type, type, new Uri(Upstream.Url, path), "*");
            provider["ApiKey"] = "upstream-key";
            provider["Region"] = "us-east-1";
            return provider;
        }
    }
}
