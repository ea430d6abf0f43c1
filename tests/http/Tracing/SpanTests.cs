using System.Diagnostics;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Condensation;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Tracing;

/// <summary>What a listener to the gateway's spans sees of a request.</summary>
public sealed class SpanTests : IClassFixture<TracedHost>
{
    private const string Body = """{"model":"either","messages":[{"role":"user","content":"planted-prompt"}],"max_tokens":50@}""";

    private readonly TracedHost _host;

    public SpanTests(TracedHost host)
    {
        _host = host;
        host.First.Reset();
        host.Second.Reset();
    }

    [Fact]
    public async Task Request_Whole_IsATreeBelowTheClientsSpan()
    {
        var trace = await _host.SendAsync(Whole());

        Assert.Equal(Trace.ClientSpan, trace.Request.ParentSpanId.ToHexString());
        Assert.Equal(["authenticate", "receive", "limit"], trace.Stages);
        Assert.All(trace.All.Where(span => span != trace.Request), span => Assert.Equal(trace.Request.SpanId, span.ParentSpanId));
        var attempt = Assert.Single(trace.Attempts);
        Assert.Equal(("chat gpt-4o", ActivityStatusCode.Unset), (attempt.DisplayName, attempt.Status));
        Assert.Equal("POST /v1/chat/completions", trace.Request.DisplayName);
        Assert.Equal(
            (200, "first", 1, "either", 0.0000975, "local"),
            (Tag(trace.Request, "http.response.status_code"), Tag(trace.Request, "proxycluster.provider"), Tag(trace.Request, "proxycluster.attempts"),
                Tag(trace.Request, "gen_ai.request.model"), Tag(trace.Request, "proxycluster.cost_usd"), Tag(trace.Request, "proxycluster.caller")));
        Assert.Equal(("priority", null), (Tag(trace.Request, "proxycluster.strategy"), Tag(trace.Request, "proxycluster.fallback")));
        Assert.Equal(("127.0.0.1", TracedHost.UserAgent), (Tag(trace.Request, "client.address"), Tag(trace.Request, "user_agent.original")));
    }

    [Fact]
    public async Task Conversation_ThatIsCondensed_HasASpanWithFiguresDecisionAndSteps()
    {
        var trace = await _host.SendAsync(new JsonObject { ["model"] = TracedHost.Short, ["messages"] = LongTalk.Messages() }.ToJsonString());

        Assert.Equal(["authenticate", "receive", "limit", "condense"], trace.Stages);
        var span = trace.All.Single(static span => span.DisplayName == "condense");
        Assert.Equal(trace.Request.SpanId, span.ParentSpanId);
        Assert.Equal("hybrid", Tag(span, "proxycluster.condensed.strategy"));
        Assert.InRange((int)Tag(span, "proxycluster.condensed.tokens_after")!, 1, 600);
        Assert.True((int)Tag(span, "proxycluster.condensed.tokens_before")! > 2000);
        Assert.Equal(121, new[] { "kept", "shortened", "merged", "dropped" }.Sum(name => (int)Tag(span, "proxycluster.condensed." + name)!));
        Assert.True((int)Tag(span, "proxycluster.condensed.step")! > 0);
        Assert.All(new[] { "count_ms", "summarise_ms", "select_ms" }, name => Assert.True((double)Tag(span, "proxycluster.condensed." + name)! >= 0, name));
        Assert.All(
            new[] { "strategy", "tokens_before", "tokens_after", "step", "new_step" },
            name => Assert.Equal(Tag(span, "proxycluster.condensed." + name), Tag(trace.Request, "proxycluster.condensed." + name)));
        Assert.DoesNotContain("Zanzibar", trace.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Attempt_IsDescribedByTheConventions(bool stream)
    {
        _host.First.Behaviour = new() { CachedTokens = 4 };

        var trace = await _host.SendAsync(stream ? Streamed() : Whole());

        var attempt = Assert.Single(trace.Attempts);
        var expected = new Dictionary<string, object?>
        {
            ["gen_ai.operation.name"] = "chat",
            ["gen_ai.provider.name"] = "x_ai",
            ["gen_ai.request.model"] = "gpt-4o",
            ["gen_ai.request.stream"] = stream,
            ["gen_ai.request.max_tokens"] = 50,
            ["gen_ai.response.model"] = "gpt-4o",
            ["gen_ai.usage.input_tokens"] = 11L,
            ["gen_ai.usage.output_tokens"] = 7L,
            ["gen_ai.usage.cache_read.input_tokens"] = 4L,
            ["gen_ai.usage.cache_creation.input_tokens"] = 0L,
            ["server.address"] = "127.0.0.1",
            ["server.port"] = _host.First.Url.Port,
            ["http.response.status_code"] = 200,
            ["proxycluster.provider"] = "first",
        };
        Assert.Equal(expected.OrderBy(tag => tag.Key, StringComparer.Ordinal), attempt.TagObjects.OrderBy(tag => tag.Key, StringComparer.Ordinal));
        Assert.Equal(stream ? ["first_content"] : [], attempt.Events.Select(e => e.Name));
    }

    [Fact]
    public async Task Attempt_HandsItsOwnSpanToTheProvider()
    {
        var trace = await _host.SendAsync(Whole(), traceState: "vendor=abc");

        var request = await _host.First.NextRequestAsync();
        Assert.Equal(Assert.Single(trace.Attempts).Id, request.Header("traceparent"));
        Assert.Equal("vendor=abc", request.Header("tracestate"));
    }

    [Fact]
    public async Task Fallback_IsTwoAttempts_TheFirstWithItsFault()
    {
        _host.First.Behaviour = new() { Status = 503 };

        var trace = await _host.SendAsync(Whole());

        Assert.Equal(200, trace.Status);
        Assert.Equal(["first", "second"], trace.Attempts.Select(attempt => Tag(attempt, "proxycluster.provider")));
        Assert.Equal([503, 200], trace.Attempts.Select(attempt => Tag(attempt, "http.response.status_code")));
        Assert.Equal(["server_error", null], trace.Attempts.Select(attempt => Tag(attempt, "error.type")));
        Assert.Equal([ActivityStatusCode.Error, ActivityStatusCode.Unset], trace.Attempts.Select(attempt => attempt.Status));
    }

    [Fact]
    public async Task Failure_OfAll_IsTheRequestsToo()
    {
        _host.First.Behaviour = _host.Second.Behaviour = new() { Status = 500 };

        var trace = await _host.SendAsync(Whole());

        Assert.Equal(502, trace.Status);
        Assert.Equal((ActivityStatusCode.Error, "502"), (trace.Request.Status, Tag(trace.Request, "error.type")));
    }

    [Fact]
    public async Task DeadConnection_Replaced_IsAnEventOfTheOneAttempt()
    {
        await _host.SendAsync(Whole());
        _host.First.Next(new Behaviour { CutBeforeHeaders = true });

        var trace = await _host.SendAsync(Whole());

        Assert.Equal(200, trace.Status);
        Assert.Equal("reconnected", Assert.Single(Assert.Single(trace.Attempts).Events).Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("status=400;body={\"error\":{\"message\":\"planted-prompt is bad\"}}")]
    [InlineData("text=planted-answer")]
    public async Task Spans_HoldNoPromptAnswerOrKey(string script)
    {
        _host.First.Behaviour = _host.Second.Behaviour = BehaviourText.Parse(script);

        foreach (var body in new[] { Whole(), Streamed() })
        {
            var trace = await _host.SendAsync(body);

            Assert.True(trace.All.Count >= 5);
            Assert.DoesNotContain("planted", trace.Text, StringComparison.Ordinal);
            Assert.DoesNotContain(TracedHost.UpstreamKey, trace.Text, StringComparison.Ordinal);
        }
    }

    private static string Whole() => Body.Replace("@", "", StringComparison.Ordinal);

    private static string Streamed() => Body.Replace("@", ",\"stream\":true", StringComparison.Ordinal);

    private static object? Tag(Activity span, string name) => span.GetTagItem(name);
}
