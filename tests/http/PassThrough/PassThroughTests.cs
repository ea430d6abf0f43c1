using System.Text;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.PassThrough;

/// <summary>To and from a provider of the same dialect bytes are copied, not rewritten.</summary>
public sealed class PassThroughTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    [Fact]
    public async Task Request_ToTheSameDialect_ArrivesByteForByteButForTheModel()
    {
        const string Before = "{ \"messages\" : [ {\"role\":\"user\",\"content\":\"Gr\\u00fc\u00dfe \\/ \ud83d\ude00\"} ],\n\t\"model\" : ";
        const string After = " , \"temperature\":0.70000 , \"x_unknown\" : { \"deep\":[1e2, -0.0,12345678901234567890] } }  ";

        using var response = await SendAsync(Post("/v1/chat/completions", Before + "\"openai-like/gpt-4o\"" + After));

        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal(Before + "\"gpt-4o\"" + After, (await First.NextRequestAsync()).Text);
    }

    [Fact]
    public async Task Request_WithAModelThatIsNotRenamed_ArrivesUnchanged()
    {
        var body = ChatBody(GatewayFixture.OpenAiModel, more: ",\"seed\":1,\"metadata\":{\"a\":\"b\"}");

        using var response = await SendAsync(Post("/v1/chat/completions", body));

        Assert.Equal(body, (await First.NextRequestAsync()).Text);
    }

    [Fact]
    public async Task StreamRequest_WithoutOptions_GainsThemAndNothingElse()
    {
        using var response = await SendAsync(Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel, stream: true, ",\"x_unknown\":[ 1 ]")));

        var sent = await First.NextRequestAsync();
        Assert.True(sent.Json().GetProperty("stream_options").GetProperty("include_usage").GetBoolean());
        Assert.Contains(",\"x_unknown\":[ 1 ]", sent.Text, StringComparison.Ordinal);
        Assert.StartsWith("""{"model":"gpt-4o","messages":[{"role":"user","content":"Hello"}],"stream":true""", sent.Text.Replace("\"stream_options\":{\"include_usage\":true},", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(1, sent.Text.Split("stream_options").Length - 1);
    }

    [Fact]
    public async Task StreamRequest_WithOtherOptions_KeepsThem()
    {
        const string More = ",\"stream_options\":{\"include_usage\":false,\"include_obfuscation\":false}";

        using var response = await SendAsync(Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel, stream: true, More)));

        var options = (await First.NextRequestAsync()).Json().GetProperty("stream_options");
        Assert.True(options.GetProperty("include_usage").GetBoolean());
        Assert.False(options.GetProperty("include_obfuscation").GetBoolean());
        Assert.All(await ReadEventsAsync(response), data => Assert.DoesNotContain("\"usage\"", data, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Answer_OfTheSameDialect_ArrivesByteForByte()
    {
        const string Body = "{ \"id\":\"x\",\"object\" : \"chat.completion\",\"created\":1,\"model\":\"gpt-4o-2024\", \"x_new\":{\"a\":1.50},\n\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Gr\\u00fc\u00dfe\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1,\"total_tokens\":2} }\n";
        First.Next(new Behaviour { Body = Body });

        using var response = await ChatAsync(GatewayFixture.OpenAiModel);

        Assert.Equal(Body, await response.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(Encoding.UTF8.GetByteCount(Body), response.Content.Headers.ContentLength);
    }

    [Fact]
    public async Task Headers_OfTheClient_StayInside()
    {
        using var request = Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel));
        request.Headers.Add("Cookie", "session=secret");
        request.Headers.Add("X-Forwarded-For", "6.6.6.6");
        request.Headers.Add("X-Custom", "mine");
        request.Headers.Add("Authorization", "Bearer of-the-client");
        request.Headers.Add("X-Api-Key", "of-the-client");

        using var response = await SendAsync(request);

        var sent = await First.NextRequestAsync();
        Assert.Equal("Bearer upstream-key-of-openai-like", sent.Header("authorization"));
        Assert.Equal($"127.0.0.1:{First.Url.Port}", sent.Header("host"));
        Assert.DoesNotContain("of-the-client", Encoding.Latin1.GetString(sent.Head), StringComparison.Ordinal);
        string[] allowed = ["host", "authorization", "content-type", "content-length", "accept", "accept-encoding", "user-agent", "traceparent", "tracestate", "x-request-id", "idempotency-key"];
        Assert.All(sent.Headers, header => Assert.Contains(header.Key.ToLowerInvariant(), allowed));
    }

    [Fact]
    public async Task Key_OfAnAnthropicProvider_GoesInItsOwnHeader()
    {
        using var response = await ChatAsync(GatewayFixture.AnthropicModel);

        var sent = await First.NextRequestAsync();
        Assert.Equal("/v1/messages", sent.Target);
        Assert.Equal("upstream-key-of-anthropic-like", sent.Header("x-api-key"));
        Assert.Null(sent.Header("authorization"));
        Assert.NotNull(sent.Header("anthropic-version"));
    }

    [Fact]
    public async Task Trace_OfTheClient_GoesOnAtTheProvider()
    {
        const string Parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        var request = Post("/v1/chat/completions", ChatBody(GatewayFixture.OpenAiModel));
        request.Headers.Add("traceparent", Parent);

        using var response = await SendAsync(request);

        Assert.Equal(Parent, (await First.NextRequestAsync()).Header("traceparent"));
    }
}
