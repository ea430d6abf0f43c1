using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Routing;

/// <summary>Models that take over from an alias's own, by what went wrong, before clients of every dialect.</summary>
public sealed class AliasFallbackTests(RoutedGateway gateway) : IClassFixture<RoutedGateway>
{
    private static readonly (string Reason, Behaviour Failure, string Model)[] Failures =
    [
        ("context_too_long", Rejects("context_length_exceeded", "This is longer than the model's context."), "rescue-2"),
        ("context_too_long", Rejects("bad_request", "This model's maximum context length is 4096 tokens."), "rescue-2"),
        ("content_filter", Rejects("content_filter", "The prompt was filtered."), "rescue-2"),
        ("rate_limited", new() { Status = 429, RetryAfter = "7" }, "rescue-2"),
        ("any", new() { Status = 500 }, RoutedGateway.Rescue),
        ("any", new() { CutBeforeHeaders = true }, RoutedGateway.Rescue),
    ];

    public static TheoryData<int, string, bool> Cases()
    {
        var data = new TheoryData<int, string, bool>();
        for (var i = 0; i < Failures.Length; i++)
        {
            data.Add(i, "/v1/chat/completions", false);
            data.Add(i, "/v1/chat/completions", true);
            data.Add(i, "/v1/messages", i % 2 == 0);
            data.Add(i, "/v1/responses", i % 2 == 1);
        }

        return data;
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Failure_OfAKind_IsMendedByTheModelForIt(int failure, string path, bool stream)
    {
        var (reason, behaviour, model) = Failures[failure];
        var chain = gateway.NextChain();
        gateway.Upstream.ForModel($"short-{chain}", behaviour);

        using var response = await gateway.SendAsync(path, Body(path, $"chain-{chain}", stream));
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.True(response.StatusCode == HttpStatusCode.OK, body);
        Assert.Contains("scripted", body, StringComparison.Ordinal);
        Assert.Equal(
            (reason, "rescuer", model, "2"),
            (Header(response, "x-proxy-fallback"), Header(response, "x-proxy-provider"), Header(response, "x-proxy-model"), Header(response, "x-proxy-attempts")));
    }

    [Fact]
    public async Task Rejection_ThatNoModelCouldMend_GoesToTheClient()
    {
        var chain = gateway.NextChain();
        gateway.Upstream.ForModel($"short-{chain}", Rejects("invalid_value", "temperature must be a number."));

        using var response = await gateway.SendAsync("/v1/chat/completions", Body("/v1/chat/completions", $"chain-{chain}", false));

        Assert.Equal((HttpStatusCode.BadRequest, "invalid_value"), (response.StatusCode, await CodeOfAsync(response)));
        Assert.Equal("1", Header(response, "x-proxy-attempts"));
    }

    [Fact]
    public async Task Stream_ThatBreaksAfterItsFirstContent_IsNotTakenOver()
    {
        var chain = gateway.NextChain();
        gateway.Upstream.ForModel($"short-{chain}", new() { CutAfterEvents = 3 });

        using var response = await gateway.SendAsync("/v1/chat/completions", Body("/v1/chat/completions", $"chain-{chain}", true));
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);

        Assert.Equal(($"first-{chain}", "<none>"), (Header(response, "x-proxy-provider"), Header(response, "x-proxy-fallback")));
        Assert.Contains("\"error\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EverybodyFails_TheFailureOfTheModelThatWasAskedForIsTold()
    {
        var chain = gateway.NextChain();
        gateway.Upstream.ForModel($"short-{chain}", Rejects("context_length_exceeded", "Too long."));
        gateway.Upstream.ForModel("rescue-2", new() { Status = 500 });
        try
        {
            using var response = await gateway.SendAsync("/v1/chat/completions", Body("/v1/chat/completions", $"chain-{chain}", false));

            Assert.Equal((HttpStatusCode.BadRequest, "context_length_exceeded"), (response.StatusCode, await CodeOfAsync(response)));
            Assert.Equal("2", Header(response, "x-proxy-attempts"));
        }
        finally
        {
            gateway.Upstream.ForModel("rescue-2", Behaviour.Default);
        }
    }

    private static Behaviour Rejects(string code, string message) => new()
    {
        Status = 400,
        Body = new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = "invalid_request_error", ["param"] = null, ["code"] = code } }.ToJsonString(),
        ContentType = "application/json",
    };

    private static string Body(string path, string model, bool stream)
    {
        var body = new JsonObject { ["model"] = model, ["stream"] = stream };
        if (path == "/v1/responses")
        {
            body["input"] = "Hi";
        }
        else
        {
            body["max_tokens"] = 50;
            body["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Hi" });
        }

        return body.ToJsonString();
    }

    private static async Task<string?> CodeOfAsync(HttpResponseMessage response) =>
        (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!["code"];

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "<none>";
}
