using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;
using ProxyCluster.Tests.Support.Upstream;

#pragma warning disable OPENAI001 // The client's Responses are for evaluation only, as its makers see it.

namespace ProxyCluster.Tests.Http.OwnCode;

/// <summary>OpenAI's own .NET client before the samples: Chat Completions and Responses.</summary>
public sealed class SampleOpenAiTests : SampleTest
{
    private static readonly BinaryData Schema = BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}""");
    private readonly OpenAIClient _sdk;

    public SampleOpenAiTests(SampleHost host)
        : base(host) => _sdk = new OpenAIClient(
            new ApiKeyCredential("no-key-needed"),
            new OpenAIClientOptions { Endpoint = new Uri(host.Gateway.Data, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });

    private static ChatCompletionOptions Tools => new()
    {
        Tools = { ChatTool.CreateFunctionTool("weather", "Tells the weather", Schema), ChatTool.CreateFunctionTool("time", "Tells the time", Schema) },
    };

    [Theory, MemberData(nameof(Models))]
    public async Task Chat_Whole_HasTextReasonAndUsage(string model)
    {
        ChatCompletion answer = await _sdk.GetChatClient(model).CompleteChatAsync([new SystemChatMessage("Be brief."), new UserChatMessage("Hello")], null, Cancel);

        Assert.Equal((Hello, ChatFinishReason.Stop), (answer.Content[0].Text, answer.FinishReason));
        Assert.Equal((11, 7), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount));
        var sent = Assert.Single(UpstreamOf(model).Requests);
        Assert.Contains("Be brief.", sent.Text, StringComparison.Ordinal);
        Assert.Contains(model, sent.Text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Chat_Streamed_SaysWhatTheWholeAnswerSays(string model)
    {
        var text = new StringBuilder();
        ChatTokenUsage? usage = null;
        ChatFinishReason? finish = null;
        var pieces = 0;
        await foreach (var update in _sdk.GetChatClient(model).CompleteChatStreamingAsync([new UserChatMessage("Hello")], cancellationToken: Cancel))
        {
            pieces += update.ContentUpdate.Count;
            text.Append(string.Concat(update.ContentUpdate.Select(static part => part.Text)));
            usage = update.Usage ?? usage;
            finish = update.FinishReason ?? finish;
        }

        Assert.Equal((Hello, ChatFinishReason.Stop), (text.ToString(), finish));
        Assert.Equal((11, 7), (usage!.InputTokenCount, usage.OutputTokenCount));
        Assert.True(pieces > 1, "The stream came in one piece.");
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Tools_CalledWholeAndStreamed_AreTheSame_AndTheirResultsAreAnswered(string model)
    {
        Host.AcmeCalls();
        var client = _sdk.GetChatClient(model);
        ChatCompletion whole = await client.CompleteChatAsync([new UserChatMessage("Weather and time?")], Tools, Cancel);
        var streamed = await StreamCallsAsync(client);

        Assert.Equal(ChatFinishReason.ToolCalls, whole.FinishReason);
        Assert.Equal(["weather", "time"], whole.ToolCalls.Select(static call => call.FunctionName));
        Assert.Equal(["Paris", "Zürich"], whole.ToolCalls.Select(static call => CityOf(call.FunctionArguments.ToString())));
        Assert.Equal(whole.ToolCalls.Select(static call => (call.FunctionName, CityOf(call.FunctionArguments.ToString()))), streamed);

        Host.AcmeSaysText();
        List<ChatMessage> conversation = [new UserChatMessage("Weather and time?"), new AssistantChatMessage(whole)];
        conversation.AddRange(whole.ToolCalls.Select(static call => new ToolChatMessage(call.Id, "fine")));
        ChatCompletion answer = await client.CompleteChatAsync(conversation, Tools, Cancel);

        Assert.Equal(Hello, answer.Content[0].Text);
        var sent = UpstreamOf(model).Requests[^1].Text;
        Assert.Contains("Tells the weather", sent, StringComparison.Ordinal);
        Assert.All(whole.ToolCalls, call => Assert.Contains(call.Id, sent, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Responses_WholeAndStreamed_HaveTextCallsAndUsage(string model)
    {
        var responses = _sdk.GetResponsesClient();
        ResponseResult text = await responses.CreateResponseAsync(Options(model, "Hello"), Cancel);
        Host.AcmeCalls();
        var asked = Options(model, "Weather and time?", "weather", "time");
        asked.StreamingEnabled = true;
        ResponseResult? streamed = null;
        await foreach (var update in await responses.CreateResponseStreamingAsync(asked, Cancel))
        {
            streamed = (update as StreamingResponseCompletedUpdate)?.Response ?? streamed;
        }

        Assert.Equal((Hello, 11, 7), (text.GetOutputText(), text.Usage.InputTokenCount, text.Usage.OutputTokenCount));
        var calls = streamed!.OutputItems.OfType<FunctionCallResponseItem>().ToList();
        Assert.Equal(["weather", "time"], calls.Select(static call => call.FunctionName));
        Assert.Equal(["Paris", "Zürich"], calls.Select(static call => CityOf(call.FunctionArguments.ToString())));
    }

    [Theory]
    [InlineData(SampleHost.AdapterModel, 429, 429)]
    [InlineData(SampleHost.ClientModel, 429, 429)]
    [InlineData(SampleHost.AdapterModel, 401, 502)]
    [InlineData(SampleHost.ClientModel, 401, 502)]
    [InlineData(SampleHost.AdapterModel, 400, 400)]
    [InlineData(SampleHost.ClientModel, 400, 400)]
    [InlineData(SampleHost.AdapterModel, 503, 503)]
    [InlineData(SampleHost.ClientModel, 503, 503)]
    public async Task Error_OfTheProvider_IsThatOfTheTable_WithItsRetryAdvice(string model, int upstream, int expected)
    {
        UpstreamOf(model).Next(new Behaviour { Status = upstream, RetryAfter = upstream is 429 or 503 ? "3" : null });

        var fault = await Assert.ThrowsAsync<ClientResultException>(() => _sdk.GetChatClient(model).CompleteChatAsync([new UserChatMessage("Hello")], null, Cancel));

        Assert.Equal(expected, fault.Status);
        var advice = fault.GetRawResponse()!.Headers.TryGetValue("retry-after", out var seconds) ? seconds : null;
        Assert.Equal(upstream is 429 or 503 ? "3" : null, advice);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Stream_ThatIsCut_IsNoEnd(string model)
    {
        UpstreamOf(model).Next(model == SampleHost.AdapterModel
            ? new Behaviour { Body = "{\"kind\":\"text\",\"text\":\"Hello\"}\n" }
            : new Behaviour { CutAfterEvents = 3 });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Content = new StringContent($$"""{"model":"{{model}}","stream":true,"messages":[{"role":"user","content":"Hi"}]}""", Encoding.UTF8, "application/json");

        using var response = await Host.Client.SendAsync(request, Cancel);
        var text = await response.Content.ReadAsStringAsync(Cancel);

        Assert.Contains("upstream_", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"finish_reason\":\"stop\"", text, StringComparison.Ordinal);
    }

    private static string? CityOf(string arguments) => (string?)JsonNode.Parse(arguments)!["city"];

    private static CreateResponseOptions Options(string model, string text, params string[] tools)
    {
        var options = new CreateResponseOptions { Model = model, InputItems = { ResponseItem.CreateUserMessageItem(text) } };
        foreach (var tool in tools)
        {
            options.Tools.Add(ResponseTool.CreateFunctionTool(tool, Schema, strictModeEnabled: false, $"Tells the {tool}"));
        }

        return options;
    }

    private static async Task<List<(string, string?)>> StreamCallsAsync(ChatClient client)
    {
        var calls = new SortedDictionary<int, (string Name, StringBuilder Arguments)>();
        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage("Weather and time?")], Tools, Cancel))
        {
            foreach (var call in update.ToolCallUpdates)
            {
                var known = calls.GetValueOrDefault(call.Index, (call.FunctionName, new StringBuilder()));
                known.Item2.Append(call.FunctionArgumentsUpdate);
                calls[call.Index] = known;
            }
        }

        return [.. calls.Values.Select(static call => (call.Name, CityOf(call.Arguments.ToString())))];
    }
}
