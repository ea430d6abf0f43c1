using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Tracing;

/// <summary>What leaves the process by OTLP.</summary>
public sealed class ExportTests
{
    private const string UpstreamKey = "upstream-key-of-provider";

    private static readonly Behaviour Accepted = new() { Body = "", ContentType = "application/x-protobuf" };

    [Fact]
    public async Task Spans_OfARequest_ReachTheCollector_WithoutItsSecrets()
    {
        await using var collector = await ScriptedUpstream.StartAsync();
        collector.Behaviour = Accepted;
        await using var upstream = await ScriptedUpstream.StartAsync();
        await using var gateway = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Providers"] = new JsonArray(ProgramOptions.Provider("provider", "openai", new Uri(upstream.Url, "/v1"), "gpt-4o")),
                ["Telemetry"] = new JsonObject { ["OtlpEndpoint"] = collector.Url.ToString() },
            },
            Environment = new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_BSP_SCHEDULE_DELAY"] = "100" },
        });
        using var client = TestHttp.Client(gateway.Data);
        using var body = new StringContent(
            """{"model":"gpt-4o","messages":[{"role":"user","content":"planted-prompt"}]}""", Encoding.UTF8, new MediaTypeHeaderValue("application/json"));

        using var response = await client.PostAsync("/v1/chat/completions", body, TestContext.Current.CancellationToken);

        response.EnsureSuccessStatusCode();
        var exported = await NextTracesAsync(collector, "chat gpt-4o");
        Assert.Contains("ProxyCluster.Gateway", exported, StringComparison.Ordinal);
        Assert.Contains("gen_ai.usage.input_tokens", exported, StringComparison.Ordinal);
        Assert.Contains("POST /v1/chat/completions", exported, StringComparison.Ordinal);
        Assert.DoesNotContain("planted-prompt", exported, StringComparison.Ordinal);
        Assert.DoesNotContain(UpstreamKey, exported, StringComparison.Ordinal);
        Assert.DoesNotContain("scripted upstream", exported, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_WhereTheyAreWanted_ReachTheCollector_WithoutSecrets_AndAnchorsAmongThem()
    {
        await using var collector = await ScriptedUpstream.StartAsync();
        collector.Behaviour = Accepted;
        await using var gateway = await SiloProcess.StartAsync(new ProgramOptions
        {
            Config = new JsonObject
            {
                ["Telemetry"] = new JsonObject { ["OtlpEndpoint"] = collector.Url.ToString(), ["OtlpLogs"] = true },
                ["Audit"] = new JsonObject { ["Anchors"] = new JsonObject { ["PeriodSeconds"] = 1 } },
            },
            Environment = new Dictionary<string, string?> { ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_BLRP_SCHEDULE_DELAY"] = "100" },
        });
        using var client = TestHttp.Client(gateway.Data);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent("""{"model":"sk-proj-0123456789abcdefghijklmnopqrst","messages":[]}""", Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.TryAddWithoutValidation("User-Agent", "exported/1.0");

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        var logs = new StringBuilder();
        string[] wanted = ["exported/1.0", "was refused", "Audit anchor"];
        while (!wanted.All(text => logs.ToString().Contains(text, StringComparison.Ordinal)))
        {
            var exported = await collector.NextRequestAsync();
            if (exported.Target == "/v1/logs")
            {
                logs.Append(exported.Text);
            }
        }

        Assert.DoesNotContain("0123456789abcdef", logs.ToString(), StringComparison.Ordinal);
    }

    // Batches go out as they fill: those before the one that is waited for are kept.
    private static async Task<string> NextTracesAsync(ScriptedUpstream collector, string until)
    {
        var all = new StringBuilder();
        while (!all.ToString().Contains(until, StringComparison.Ordinal) || !all.ToString().Contains("POST /v1/", StringComparison.Ordinal))
        {
            var request = await collector.NextRequestAsync();
            if (request.Target == "/v1/traces")
            {
                all.Append(request.Text);
            }
        }

        return all.ToString();
    }
}
