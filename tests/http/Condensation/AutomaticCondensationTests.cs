using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic;
using Anthropic.Models.Messages;
using OpenAI;
using OpenAI.Chat;
using ProxyCluster.Core.Tokens;
using ProxyCluster.Tests.Http.Resilience;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Condensation;

[CollectionDefinition(Name)]
public sealed class CondensingGatewayCollection : ICollectionFixture<CondensingGateway>
{
    public const string Name = "condensing gateway";
}

/// <summary>Conversations that are too long for their model go through condensed, or are refused where that is off.</summary>
[Collection(CondensingGatewayCollection.Name)]
public sealed class AutomaticCondensationTests : IDisposable
{
    private readonly CondensingGateway _gateway;
    private readonly OpenAIClient _openAi;
    private readonly AnthropicClient _anthropic;

    public AutomaticCondensationTests(CondensingGateway gateway)
    {
        _gateway = gateway;
        gateway.Upstream.Reset();
        gateway.Writer.Reset();
        _openAi = new OpenAIClient(
            new ApiKeyCredential(gateway.UserKey),
            new OpenAIClientOptions { Endpoint = new Uri(gateway.Gateway.Data, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });
        _anthropic = new AnthropicClient
        {
            BaseUrl = gateway.Gateway.Data.ToString().TrimEnd('/'),
            ApiKey = gateway.UserKey,
            MaxRetries = 0,
            ResponseValidation = true,
        };
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _anthropic.Dispose();

    [Fact]
    public async Task OpenAiClient_AConversationTooLong_GoesThroughWithItsQuestionAndWhatItAsksFor()
    {
        ChatMessage[] messages = [.. LongTalk.Messages().Select(static (message, i) => i % 2 == 0 ? (ChatMessage)new UserChatMessage((string)message!["content"]!) : new AssistantChatMessage((string)message!["content"]!))];

        var answer = await _openAi.GetChatClient(CondensingGateway.Chat).CompleteChatAsync(messages, cancellationToken: Cancel);

        Assert.Equal("Hello from the scripted upstream.", answer.Value.Content[0].Text);
        var sent = Assert.Single(_gateway.Upstream.Requests).Json();
        var texts = sent.GetProperty("messages").EnumerateArray().Select(static message => message.GetProperty("content").ToString()).ToList();
        Assert.Contains(LongTalk.Question, texts[^1], StringComparison.Ordinal);
        Assert.Contains(texts, static text => text.Contains(LongTalk.Fact, StringComparison.Ordinal));
        Assert.InRange(texts.Sum(static text => 4 + TokenCounters.O200k.CountAtMost(text)), 1000, 1800);
        Assert.True(answer.GetRawResponse().Headers.TryGetValue("x-proxy-condensed", out var told));
        var figures = told!.Split("->").Select(static number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        Assert.True(figures[0] > 2000 && figures[1] <= 1800, told);
    }

    [Fact]
    public async Task OpenAiClient_WhereItIsOff_IsToldThatTheContextIsExceeded()
    {
        ChatMessage[] messages = [.. LongTalk.Messages().Select(static message => new UserChatMessage((string)message!["content"]!))];

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => _openAi.GetChatClient(CondensingGateway.Off).CompleteChatAsync(messages, cancellationToken: Cancel));

        Assert.Equal(400, refused.Status);
        Assert.Equal("context_length_exceeded", (string?)JsonNode.Parse(refused.GetRawResponse()!.Content)!["error"]!["code"]);
        Assert.Empty(_gateway.Upstream.Requests);
    }

    [Fact]
    public async Task OpenAiClient_Streamed_GetsItsStream()
    {
        ChatMessage[] messages = [.. LongTalk.Messages().Select(static message => new UserChatMessage((string)message!["content"]!))];
        var text = "";
        await foreach (var update in _openAi.GetChatClient(CondensingGateway.Chat).CompleteChatStreamingAsync(messages, cancellationToken: Cancel))
        {
            text += string.Concat(update.ContentUpdate.Select(static part => part.Text));
        }

        Assert.Equal("Hello from the scripted upstream.", text);
        Assert.True(_gateway.Upstream.Requests.Single().Json().GetProperty("messages").GetArrayLength() < messages.Length);
    }

    [Fact]
    public async Task OpenAi_Tools_StayPairedAndWhole()
    {
        var messages = LongTalk.Messages();
        for (var i = 100; i > 0; i -= 10)
        {
            messages.Insert(i, new JsonObject { ["role"] = "tool", ["tool_call_id"] = $"call_{i}", ["content"] = $"{{\"vault\":{i},\"branch\":\"Zanzibar\"}}" });
            messages.Insert(i, new JsonObject
            {
                ["role"] = "assistant",
                ["content"] = null,
                ["tool_calls"] = new JsonArray(new JsonObject
                {
                    ["id"] = $"call_{i}",
                    ["type"] = "function",
                    ["function"] = new JsonObject { ["name"] = "look_up", ["arguments"] = "{\"branch\":\"Zanzibar\"}" },
                }),
            });
        }

        using var response = await _gateway.SendAsync("/v1/chat/completions", new JsonObject { ["model"] = CondensingGateway.Chat, ["messages"] = messages }.ToJsonString());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var sent = _gateway.Upstream.Requests.Single().Json().GetProperty("messages").EnumerateArray().ToList();
        var calls = 0;
        for (var i = 0; i < sent.Count; i++)
        {
            if (sent[i].TryGetProperty("tool_calls", out var made))
            {
                calls++;
                Assert.Equal(made[0].GetProperty("id").GetString(), sent[i + 1].GetProperty("tool_call_id").GetString());
            }
            else if (sent[i].GetProperty("role").GetString() == "tool")
            {
                Assert.True(sent[i - 1].TryGetProperty("tool_calls", out _), "A result stands alone.");
            }
        }

        Assert.True(calls > 0, "All calls are gone, so that nothing is shown.");
    }

    [Fact]
    public async Task AnthropicClient_AConversationTooLong_GoesThroughInTurns()
    {
        var messages = LongTalk.Messages(80);

        using var response = await _anthropic.WithRawResponse.Messages.Create(Ask(messages), Cancel);

        var answer = await response.Deserialize(Cancel);
        Assert.True(answer.Content.Single().TryPickText(out var text));
        Assert.Equal("Hello from the scripted upstream.", text.Text);
        Assert.True(response.TryGetHeaderValues("x-proxy-condensed", out var told));
        var sent = _gateway.Upstream.Requests.Single().Json();
        AssertTurns(sent);
        AssertCondensed(told!.Single(), sent, messages.Count);
        Assert.Contains(LongTalk.Fact, sent.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anthropic_ToolsAndMarks_StayLegal()
    {
        var messages = LongTalk.Messages(80);
        var marked = new JsonObject
        {
            ["type"] = "text",
            ["text"] = LongTalk.Fact,
            ["cache_control"] = new JsonObject { ["type"] = "ephemeral" },
        };
        messages.Single(static message => message!["content"]!.GetValueKind() == JsonValueKind.String && (string)message["content"]! == LongTalk.Fact)!["content"] = new JsonArray(marked);
        for (var i = 150; i > 0; i -= 14)
        {
            var at = i / 2 * 2;
            messages.Insert(at + 1, LongTalk.Message("user", new JsonArray(new JsonObject { ["type"] = "tool_result", ["tool_use_id"] = $"toolu_{i}", ["content"] = "Zanzibar: open" })));
            messages.Insert(at + 1, LongTalk.Message("assistant", new JsonArray(new JsonObject
            {
                ["type"] = "tool_use",
                ["id"] = $"toolu_{i}",
                ["name"] = "look_up",
                ["input"] = new JsonObject { ["branch"] = "Zanzibar" },
            })));
        }

        var tools = new JsonArray(new JsonObject { ["name"] = "look_up", ["input_schema"] = new JsonObject { ["type"] = "object" } });
        using var response = await _anthropic.WithRawResponse.Messages.Create(Ask(messages, tools), Cancel);

        Assert.True(response.TryGetHeaderValues("x-proxy-condensed", out var told));
        var sent = _gateway.Upstream.Requests.Single().Json();
        AssertTurns(sent);
        AssertCondensed(told!.Single(), sent, messages.Count);
        Assert.Contains("tool_use_id", sent.GetRawText(), StringComparison.Ordinal);
        Assert.Contains(marked.ToJsonString(), sent.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Responses_ItemsThatBelongTogether_StayTogether()
    {
        var input = LongTalk.Messages();
        for (var i = 100; i > 0; i -= 10)
        {
            input.Insert(i, new JsonObject { ["type"] = "function_call_output", ["call_id"] = $"call_{i}", ["output"] = "Zanzibar" });
            input.Insert(i, new JsonObject { ["type"] = "function_call", ["call_id"] = $"call_{i}", ["name"] = "look_up", ["arguments"] = "{\"branch\":\"Zanzibar\"}" });
        }

        using var response = await _gateway.SendAsync(
            "/v1/responses", new JsonObject { ["model"] = CondensingGateway.Responses, ["instructions"] = "Be brief.", ["input"] = input }.ToJsonString());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(response.Headers.Contains("x-proxy-condensed"), "Nothing was condensed.");
        var sent = _gateway.Upstream.Requests.Single().Json();
        Assert.Equal("Be brief.", sent.GetProperty("instructions").GetString());
        var items = sent.GetProperty("input").EnumerateArray().ToList();
        Assert.Contains(LongTalk.Question, items[^1].GetRawText(), StringComparison.Ordinal);
        var calls = items.Where(static item => TypeOf(item) == "function_call").Select(static item => item.GetProperty("call_id").GetString()).ToList();
        Assert.NotEmpty(calls);
        Assert.Equal(calls, items.Where(static item => TypeOf(item) == "function_call_output").Select(static item => item.GetProperty("call_id").GetString()));
    }

    [Fact]
    public async Task Rest_OfTheBody_StaysByteForByte()
    {
        const string Before = """{ "x_first" : [1.50, "\u00e9"],"model":"gpt-4o-small", "messages" : """;
        const string After = """ , "temperature":0.70 ,"x_last":{"a" :null} }""";

        using var response = await _gateway.SendAsync("/v1/chat/completions", Before + LongTalk.Messages().ToJsonString() + After);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var sent = _gateway.Upstream.Requests.Single().Text;
        Assert.StartsWith(Before, sent, StringComparison.Ordinal);
        Assert.EndsWith(After, sent, StringComparison.Ordinal);
        Assert.Contains(LongTalk.Message("user", LongTalk.Fact).ToJsonString(), sent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conversation_ThatFits_GoesAsItCame_ButForTimestamps()
    {
        const string Plain = """{"model":"gpt-4o-small","messages":[ {"content":"Hi", "role":"user"} ]}""";
        const string Dated = """{"model":"gpt-4o-small","messages":[{"role":"user","timestamp":"2026-01-31T10:00:00Z","content":"Hi"}]}""";

        using var plain = await _gateway.SendAsync("/v1/chat/completions", Plain);
        using var dated = await _gateway.SendAsync("/v1/chat/completions", Dated);

        Assert.False(plain.Headers.Contains("x-proxy-condensed"), "What fits is not condensed.");
        Assert.Equal([Plain, """{"model":"gpt-4o-small","messages":[{"role":"user","content":"Hi"}]}"""], _gateway.Upstream.Requests.Select(static request => request.Text));
    }

    [Fact]
    public async Task Candidates_OfDifferentContexts_GetWhatFitsThem()
    {
        var body = new JsonObject { ["model"] = CondensingGateway.Growing, ["messages"] = LongTalk.Messages(100) }.ToJsonString();
        _gateway.Upstream.Next(new Support.Upstream.Behaviour { Status = 503 });

        using var response = await _gateway.SendAsync("/v1/chat/completions", body);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var lengths = _gateway.Upstream.Requests.Select(static request => request.Body.Length).ToList();
        Assert.Equal(2, lengths.Count);
        Assert.True(lengths[1] > 2 * lengths[0], $"Of {body.Length} bytes the small model was sent {lengths[0]}, the large one {lengths[1]}.");
    }

    [Fact]
    public async Task Conversation_ThatGrows_KeepsItsBeginningForManyTurns()
    {
        var talk = LongTalk.Messages(80);
        var bodies = new List<string>();
        var steps = new List<string>();
        for (var turns = 40; turns < 80; turns++)
        {
            var messages = new JsonArray([.. talk.Take((2 * turns) + 1).Select(static message => message!.DeepClone())]);
            using var response = await _gateway.SendAsync("/v1/chat/completions", new JsonObject { ["model"] = CondensingGateway.Chat, ["messages"] = messages }.ToJsonString());
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            steps.Add(response.Headers.GetValues("x-proxy-condensed-step").Single());
            bodies.Add(_gateway.Upstream.Requests[^1].Text);
        }

        // All that was sent before, but for the brackets that close it, begins the next request too; save where a new step is told.
        var goesOn = bodies.Zip(bodies.Skip(1), static (before, after) => after.StartsWith(before[..^2], StringComparison.Ordinal));
        var isNew = steps.Skip(1).Select(static step => step.Contains("; new; saved=", StringComparison.Ordinal)).ToList();
        Assert.Equal(isNew.Select(static one => !one), goesOn);
        Assert.InRange(isNew.Count(static one => one), 1, 8);
    }

    [Theory]
    [InlineData("hybrid")]
    [InlineData("structural")]
    [InlineData("temporal")]
    [InlineData("semantic")]
    [InlineData("hybrid; max_tokens=200")]
    [InlineData(" temporal ;max_tokens=200")]
    public async Task Header_AsksForAStrategyAndABudget(string header)
    {
        using var response = await _gateway.SendAsync("/v1/chat/completions", Body(CondensingGateway.Off), header);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var told = response.Headers.GetValues("x-proxy-condensed").Single();
        Assert.True(int.Parse(told.Split("->")[1], CultureInfo.InvariantCulture) <= (header.Contains("200", StringComparison.Ordinal) ? 200 : 1800), told);
        Assert.Contains(LongTalk.Question, _gateway.Upstream.Requests[^1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "unknown_strategy")]
    [InlineData("magic", "unknown_strategy")]
    [InlineData("Hybrid", "unknown_strategy")]
    [InlineData("hybrid; max_tokens=0", "invalid_value")]
    [InlineData("hybrid; max_tokens=-5", "invalid_value")]
    [InlineData("hybrid; max_tokens=1e3", "invalid_value")]
    [InlineData("hybrid; max_tokens=99999999999", "invalid_value")]
    [InlineData("hybrid; tokens=5", "invalid_value")]
    [InlineData("hybrid; max_tokens=5; more", "invalid_value")]
    [InlineData("off; max_tokens=5", "invalid_value")]
    [InlineData("hybrid; max_tokens=5", "budget_too_small")]
    public async Task Header_ThatCannotBeFollowed_IsRefused(string header, string code)
    {
        using var response = await _gateway.SendAsync("/v1/chat/completions", Body(CondensingGateway.Chat), header);

        await AssertRefusedAsync(response, code);
        Assert.Empty(_gateway.Upstream.Requests);
    }

    [Fact]
    public async Task Header_Off_LeavesTheConversationAlone()
    {
        using var response = await _gateway.SendAsync("/v1/chat/completions", Body(CondensingGateway.Chat), "off");

        await AssertRefusedAsync(response, "context_length_exceeded");
    }

    [Fact]
    public async Task Cap_OfAModel_CondensesWhatItsContextWouldTake_AndGivesWayToWhatMustStay()
    {
        using var capped = await _gateway.SendAsync("/v1/chat/completions", Body(CondensingGateway.Capped));
        var messages = LongTalk.Messages();
        messages[^1]!["content"] = string.Join(' ', Enumerable.Range(0, 60).Select(static i => LongTalk.Sentence(i, "So")));
        using var large = await _gateway.SendAsync("/v1/chat/completions", new JsonObject { ["model"] = CondensingGateway.Capped, ["messages"] = messages }.ToJsonString());

        Assert.True(int.Parse(capped.Headers.GetValues("x-proxy-condensed").Single().Split("->")[1], CultureInfo.InvariantCulture) <= 300);
        Assert.Equal(HttpStatusCode.OK, large.StatusCode);
        Assert.Contains(LongTalk.Sentence(59, "So"), _gateway.Upstream.Requests[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatMustStay_TooLongForTheContext_IsRefused()
    {
        var messages = LongTalk.Messages(3);
        messages[^1]!["content"] = string.Join(' ', Enumerable.Range(0, 200).Select(static i => LongTalk.Sentence(i, "So")));

        using var response = await _gateway.SendAsync("/v1/chat/completions", new JsonObject { ["model"] = CondensingGateway.Chat, ["messages"] = messages }.ToJsonString());

        await AssertRefusedAsync(response, "context_length_exceeded");
    }

    // What an image takes is a guess: its provider knows better.
    [Fact]
    public async Task WhatMustStay_TooLongByAGuessOnly_GoesWithoutTheRest()
    {
        var messages = LongTalk.Messages();
        var image = new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = "https://example.com/a.png" } };
        messages[^1]!["content"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = LongTalk.Question }, image, image.DeepClone());

        using var response = await _gateway.SendAsync("/v1/chat/completions", new JsonObject { ["model"] = CondensingGateway.Chat, ["messages"] = messages }.ToJsonString());

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains(LongTalk.Question, _gateway.Upstream.Requests[^1].Text, StringComparison.Ordinal);
        Assert.DoesNotContain("on day 20", _gateway.Upstream.Requests[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conversation_LargerThanWhatIsCondensed_IsRefusedAsTooLong()
    {
        using var response = await _gateway.SendAsync("/v1/chat/completions", Body(CondensingGateway.Chat, turns: 1500));

        await AssertRefusedAsync(response, "context_length_exceeded");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Error_OfACondensedConversation_StillTellsThatItWas(bool stream)
    {
        _gateway.Upstream.Behaviour = new() { Status = 500 };

        using var response = await _gateway.SendAsync(
            "/v1/chat/completions", new JsonObject { ["model"] = CondensingGateway.Chat, ["stream"] = stream, ["messages"] = LongTalk.Messages() }.ToJsonString());

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Matches(@"^\d+->\d+$", response.Headers.GetValues("x-proxy-condensed").Single());
    }

    [Fact]
    public async Task Times_AreMeasuredFromTenthsOfMilliseconds()
    {
        using var response = await _gateway.SendAsync("/v1/chat/completions", Body(CondensingGateway.Chat));

        await Meters.CountsAsync(_gateway.Ops, "proxycluster_condensation_rolling_total");
        var metrics = await Metrics.PageAsync(_gateway.Ops, Cancel);
        Assert.All(
            new[] { "condensation_duration", "condensation_step", "gateway_duration" },
            name => Assert.Matches($"proxycluster_{name}_seconds_bucket{{.*le=\"0.0025\"}}", metrics));
        Assert.All(new[] { "count", "select" }, step => Assert.Matches($"proxycluster_condensation_step_seconds_count{{.*step=\"{step}\"}} [1-9]", metrics));
        Assert.Matches("proxycluster_condensation_rolling_total{.*decision=\"(new|kept|whole)\"} [1-9]", metrics);
    }

    [Fact]
    public async Task Operators_SeeWhatBecameOfIt()
    {
        using var response = await _gateway.SendAsync("/v1/chat/completions", Body(CondensingGateway.Chat));

        var told = await _gateway.ExplainAsync(response.Headers.GetValues("x-request-id").Single());
        var condensed = told["data"]![0]!["condensed"]!;
        Assert.Equal("hybrid", (string?)condensed["strategy"]);
        Assert.Equal(
            response.Headers.GetValues("x-proxy-condensed").Single(),
            $"{(int)condensed["tokensBefore"]!}->{(int)condensed["tokensAfter"]!}");
        Assert.Equal(121, new[] { "kept", "shortened", "merged", "dropped" }.Sum(name => (int)condensed[name]!));
        Assert.Contains("proxycluster_condensation_conversations_total", await Metrics.PageAsync(_gateway.Ops, Cancel), StringComparison.Ordinal);
    }

    private static string Body(string model, int turns = 60) => new JsonObject { ["model"] = model, ["messages"] = LongTalk.Messages(turns) }.ToJsonString();

    private static MessageCreateParams Ask(JsonArray messages, JsonArray? tools = null)
    {
        var members = new JsonObject { ["model"] = CondensingGateway.Claude, ["max_tokens"] = 300, ["messages"] = messages };
        if (tools is not null)
        {
            members["tools"] = tools;
        }

        var nothing = new Dictionary<string, JsonElement>();
        return MessageCreateParams.FromRawUnchecked(nothing, nothing, JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(members)!);
    }

    private static string? TypeOf(JsonElement item) => item.TryGetProperty("type", out var type) ? type.GetString() : null;

    // As Anthropic asks: by turns, the user first, and results right behind their calls.
    private static void AssertTurns(JsonElement body)
    {
        var turns = body.GetProperty("messages").EnumerateArray().ToList();
        HashSet<string?> open = [];
        for (var i = 0; i < turns.Count; i++)
        {
            Assert.Equal(i % 2 == 0 ? "user" : "assistant", turns[i].GetProperty("role").GetString());
            var blocks = turns[i].GetProperty("content") is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().ToList() : [];
            Assert.Equal(open, blocks.Where(static block => TypeOf(block) == "tool_result").Select(static block => block.GetProperty("tool_use_id").GetString()).ToHashSet());
            open = [.. blocks.Where(static block => TypeOf(block) == "tool_use").Select(static block => block.GetProperty("id").GetString())];
        }

        Assert.Empty(open);
        Assert.Contains(LongTalk.Question, turns[^1].GetRawText(), StringComparison.Ordinal);
    }

    // Of a model of 3,000 tokens whose answer may take 300.
    private static void AssertCondensed(string told, JsonElement sent, int messages)
    {
        var figures = told.Split("->").Select(static number => int.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        Assert.True(figures[0] > 2700, told);
        Assert.InRange(figures[1], 1, 2700);
        Assert.InRange(StrictMessages.Tokens(sent), 1, figures[1]);
        Assert.InRange(sent.GetProperty("messages").GetArrayLength(), 2, messages - 1);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage response, string code)
    {
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.BadRequest, $"{(int)response.StatusCode}: {text}");
        Assert.Equal(code, (string?)JsonNode.Parse(text)!["error"]!["code"]);
    }
}
