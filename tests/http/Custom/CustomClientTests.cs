using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic;
using Anthropic.Models.Messages;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;
using ProxyCluster.Tests.Support.Upstream;

#pragma warning disable OPENAI001 // The client's Responses are for evaluation only, as its makers see it.

namespace ProxyCluster.Tests.Http.Custom;

/// <summary>The official clients before a described provider that calls tools and streams lines.</summary>
public sealed class CustomClientTests : IClassFixture<ForgeGateway>, IDisposable
{
    private const string Model = "forge-1";

    private const string Whole = """
        {"reply":{"text":"Let me see.","why":"called","calls":[{"ref":"c0","fn":"weather","args":"{\"city\":\"Paris\"}"},{"ref":"c1","fn":"time","args":{"city":"Zürich"}}]},"tokens":{"in":11,"out":7}}
        """;

    private const string Lines = """
        {"text":"Let me "}
        {"text":"see."}
        {"calls":[{"n":0,"ref":"c0","fn":"weather","args":"{\"city\":"}]}

        {"calls":[{"n":0,"args":"\"Paris\"}"}]}
        {"calls":[{"n":1,"ref":"c1","fn":"time","args":{"city":"Zürich"}}]}
        {"why":"called","tokens":{"in":11,"out":7}}
        """;

    private static readonly Dictionary<string, JsonElement> Nothing = [];
    private static readonly BinaryData Schema = BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}""");

    private readonly ScriptedUpstream _upstream;
    private readonly OpenAIClient _openai;
    private readonly AnthropicClient _anthropic;

    public CustomClientTests(ForgeGateway gateway)
    {
        _upstream = gateway.Upstream;
        _upstream.Reset();
        _openai = new OpenAIClient(
            new ApiKeyCredential("no-key-needed"),
            new OpenAIClientOptions { Endpoint = new Uri(gateway.Silo.Data, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });
        _anthropic = new AnthropicClient { BaseUrl = gateway.Silo.Data.ToString().TrimEnd('/'), ApiKey = "no-key-needed", MaxRetries = 0, ResponseValidation = true };
    }

    public void Dispose() => _anthropic.Dispose();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static ChatCompletionOptions Tools => new()
    {
        Tools = { ChatTool.CreateFunctionTool("weather", "Tells the weather", Schema), ChatTool.CreateFunctionTool("time", "Tells the time", Schema) },
    };

    [Fact]
    public async Task Chat_Whole_HasTextCallsAndUsage()
    {
        _upstream.Next(new Behaviour { Body = Whole });

        ChatCompletion answer = await _openai.GetChatClient(Model).CompleteChatAsync([new UserChatMessage("Weather and time?")], Tools, Cancel);

        Assert.Equal((ChatFinishReason.ToolCalls, "Let me see."), (answer.FinishReason, answer.Content[0].Text));
        Assert.Equal(["c0 weather Paris", "c1 time Zürich"], answer.ToolCalls.Select(static call => $"{call.Id} {call.FunctionName} {CityIn(call.FunctionArguments.ToString())}"));
        Assert.Equal((11, 7), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount));
        Assert.Equal("weather", (string?)Sent()["functions"]![0]!["function"]!["name"]);
    }

    [Fact]
    public async Task Chat_Streamed_SaysTheSame()
    {
        _upstream.Next(new Behaviour { Body = Lines, ContentType = "application/x-ndjson", SplitBytes = 7 });
        var text = new StringBuilder();
        var calls = new SortedDictionary<int, (string Id, string Name, StringBuilder Arguments)>();
        ChatFinishReason? finish = null;

        await foreach (var update in _openai.GetChatClient(Model).CompleteChatStreamingAsync([new UserChatMessage("Weather and time?")], Tools, Cancel))
        {
            finish = update.FinishReason ?? finish;
            text.Append(string.Concat(update.ContentUpdate.Select(static part => part.Text)));
            foreach (var call in update.ToolCallUpdates)
            {
                calls.TryAdd(call.Index, (call.ToolCallId, call.FunctionName, new StringBuilder()));
                calls[call.Index].Arguments.Append(call.FunctionArgumentsUpdate);
            }
        }

        Assert.Equal((ChatFinishReason.ToolCalls, "Let me see."), (finish, text.ToString()));
        Assert.Equal(["c0 weather Paris", "c1 time Zürich"], calls.Values.Select(static call => $"{call.Id} {call.Name} {CityIn(call.Arguments.ToString())}"));
        Assert.True((bool)Sent()["live"]!);
    }

    [Fact]
    public async Task Chat_ResultsAndAnImageSentBack_ReachTheProvider()
    {
        _upstream.Next(new Behaviour { Body = Whole }, new Behaviour { Body = """{"reply":{"text":"Fine.","why":"stop"}}""" });
        var client = _openai.GetChatClient(Model);
        ChatCompletion asked = await client.CompleteChatAsync([new UserChatMessage("Weather and time?")], Tools, Cancel);

        ChatCompletion answer = await client.CompleteChatAsync(
            [
                new UserChatMessage("Weather and time?"), new AssistantChatMessage(asked), new ToolChatMessage("c0", "rain"), new ToolChatMessage("c1", "noon"),
                new UserChatMessage(ChatMessageContentPart.CreateTextPart("Here?"), ChatMessageContentPart.CreateImagePart(new Uri("https://e.example/i.png"))),
            ],
            Tools,
            Cancel);

        Assert.Equal("Fine.", answer.Content[0].Text);
        var said = Sent()["dialogue"]!.AsArray();
        Assert.Equal(["user", "assistant", "tool", "tool", "user"], said.Select(static message => (string?)message!["role"]));
        Assert.Equal(("c1", "noon"), ((string?)said[3]!["tool_call_id"], (string?)said[3]!["content"]));
        Assert.Equal("https://e.example/i.png", (string?)said[4]!["content"]![1]!["image_url"]!["url"]);
    }

    [Fact]
    public async Task Chat_WithASchema_SendsItInItsPlace()
    {
        _upstream.Next(new Behaviour { Body = """{"reply":{"text":"{\"city\":\"Paris\"}"}}""" });

        await _openai.GetChatClient(Model).CompleteChatAsync(
            [new UserChatMessage("Where?")], new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("place", Schema) }, Cancel);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Schema.ToString()), Sent()["schema"]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_OfAnthropicsClient_HaveTextAndCalls(bool stream)
    {
        _upstream.Next(stream ? new Behaviour { Body = Lines, ContentType = "application/x-ndjson" } : new Behaviour { Body = Whole });
        var request = MessageCreateParams.FromRawUnchecked(Nothing, Nothing, JsonSerializer.Deserialize<Dictionary<string, JsonElement>>($$"""
            {"model":"{{Model}}","max_tokens":99,"messages":[{"role":"user","content":"Weather and time?"}],
             "tools":[{"name":"weather","input_schema":{"type":"object"} },{"name":"time","input_schema":{"type":"object"} }]}
            """)!);

        Assert.Equal(["Let me see.", "c0 weather Paris", "c1 time Zürich", "tool_use"], stream ? await FoldAsync(request) : await ReadAsync(request));
        Assert.Equal(99, (int)Sent()["limit"]!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Responses_OfOpenAisClient_HaveTextAndCalls(bool stream)
    {
        _upstream.Next(stream ? new Behaviour { Body = Lines, ContentType = "application/x-ndjson" } : new Behaviour { Body = Whole });
        var options = new CreateResponseOptions { Model = Model, InputItems = { ResponseItem.CreateUserMessageItem("Weather and time?") }, StreamingEnabled = stream };
        options.Tools.Add(ResponseTool.CreateFunctionTool("weather", Schema, false));
        ResponseResult? answer = null;
        if (stream)
        {
            await foreach (var update in await _openai.GetResponsesClient().CreateResponseStreamingAsync(options, Cancel))
            {
                answer = (update as StreamingResponseCompletedUpdate)?.Response ?? answer;
            }
        }
        else
        {
            answer = await _openai.GetResponsesClient().CreateResponseAsync(options, Cancel);
        }

        Assert.Equal(("Let me see.", ResponseStatus.Completed), (answer!.GetOutputText(), answer.Status));
        Assert.Equal(
            ["c0 weather Paris", "c1 time Zürich"],
            answer.OutputItems.OfType<FunctionCallResponseItem>().Select(static call => $"{call.CallId} {call.FunctionName} {CityIn(call.FunctionArguments.ToString())}"));
    }

    private JsonObject Sent() => JsonNode.Parse(_upstream.Requests[^1].Body)!.AsObject();

    private static string? CityIn(string arguments) => (string?)JsonNode.Parse(arguments)!["city"];

    private async Task<List<string?>> ReadAsync(MessageCreateParams request)
    {
        var answer = await _anthropic.Messages.Create(request, Cancel);
        return
        [
            .. answer.Content.Select(static block => block.TryPickText(out var text) ? text.Text
                : block.TryPickToolUse(out var call) ? $"{call.ID} {call.Name} {CityIn(JsonSerializer.Serialize(call.Input))}"
                : null),
            answer.StopReason?.Raw(),
        ];
    }

    private async Task<List<string?>> FoldAsync(MessageCreateParams request)
    {
        var said = new List<(string? Head, StringBuilder Text)>();
        string? stop = null;
        await foreach (var told in _anthropic.Messages.CreateStreaming(request, Cancel))
        {
            if (told.TryPickContentBlockStart(out var start))
            {
                said.Add((start.ContentBlock.TryPickToolUse(out var call) ? $"{call.ID} {call.Name}" : null, new StringBuilder()));
            }
            else if (told.TryPickContentBlockDelta(out var delta))
            {
                said[(int)delta.Index].Text.Append(delta.Delta.TryPickText(out var text) ? text.Text : delta.Delta.TryPickInputJson(out var input) ? input.PartialJson : "");
            }
            else if (told.TryPickDelta(out var end))
            {
                stop = end.Delta.StopReason?.Raw();
            }
        }

        return [.. said.Select(static block => block.Head is { } head ? $"{head} {CityIn(block.Text.ToString())}" : block.Text.ToString()), stop];
    }
}
