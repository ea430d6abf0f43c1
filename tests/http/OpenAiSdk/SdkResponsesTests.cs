using System.ClientModel;
using System.Text;
using System.Text.Json.Nodes;
using OpenAI.Responses;
using ProxyCluster.Tests.Http.Gateway;

#pragma warning disable OPENAI001 // The client's Responses are for evaluation only, as its makers see it.

namespace ProxyCluster.Tests.Http.OpenAiSdk;

/// <summary>OpenAI's own .NET client of Responses, before providers of Chat Completions and of Messages, and one that speaks Responses itself.</summary>
public sealed class SdkResponsesTests(GatewayFixture gateway) : SdkTest(gateway)
{
    private static readonly BinaryData Schema = BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}}}""");

    public static TheoryData<string> Models => [GatewayFixture.OpenAiModel, GatewayFixture.AnthropicModel, GatewayFixture.ResponsesModel];

    private ResponsesClient Responses => Sdk.GetResponsesClient();

    [Theory, MemberData(nameof(Models))]
    public async Task Response_Whole_HasTextAndUsage(string model)
    {
        ResponseResult answer = await Responses.CreateResponseAsync(Options(model, "Hello", static options => options.Instructions = "Be brief."), Cancel);

        Assert.Equal("Hello from the scripted upstream.", answer.GetOutputText());
        Assert.Equal(ResponseStatus.Completed, answer.Status);
        Assert.Equal((11, 7, 18), (answer.Usage.InputTokenCount, answer.Usage.OutputTokenCount, answer.Usage.TotalTokenCount));
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Response_Streamed_SaysWhatTheWholeOneSays(string model)
    {
        var text = new StringBuilder();
        ResponseResult? completed = null;
        var numbers = new List<int>();
        await foreach (var update in await Responses.CreateResponseStreamingAsync(Options(model, "Hello", static options => options.StreamingEnabled = true), Cancel))
        {
            numbers.Add(update.SequenceNumber);
            text.Append((update as StreamingResponseOutputTextDeltaUpdate)?.Delta);
            completed = (update as StreamingResponseCompletedUpdate)?.Response ?? completed;
        }

        Assert.Equal("Hello from the scripted upstream.", text.ToString());
        Assert.Equal(text.ToString(), completed!.GetOutputText());
        Assert.Equal((11, 7), (completed.Usage.InputTokenCount, completed.Usage.OutputTokenCount));
        Assert.Equal(Enumerable.Range(0, numbers.Count), numbers);
    }

    [Theory, MemberData(nameof(Models))]
    public async Task Tools_CalledWholeAndStreamed_AreTheSame_AndTheirResultsAreAnswered(string model)
    {
        ResponseResult whole = await Responses.CreateResponseAsync(Options(model, "Weather and time?", AddTools), Cancel);
        ResponseResult? streamed = null;
        await foreach (var update in await Responses.CreateResponseStreamingAsync(Options(model, "Weather and time?", static options =>
        {
            AddTools(options);
            options.StreamingEnabled = true;
        }), Cancel))
        {
            streamed = (update as StreamingResponseCompletedUpdate)?.Response ?? streamed;
        }

        var calls = whole.OutputItems.OfType<FunctionCallResponseItem>().ToList();
        Assert.Equal(["weather", "time"], calls.Select(static call => call.FunctionName));
        Assert.Equal(["Paris", "Zürich"], calls.Select(static call => (string?)JsonNode.Parse(call.FunctionArguments)!["city"]));
        Assert.Equal(
            calls.Select(static call => (call.CallId, call.FunctionName, call.FunctionArguments.ToString())),
            streamed!.OutputItems.OfType<FunctionCallResponseItem>().Select(static call => (call.CallId, call.FunctionName, call.FunctionArguments.ToString())));

        ResponseResult answer = await Responses.CreateResponseAsync(
            Options(model, "Weather and time?", options =>
            {
                AddTools(options);
                foreach (var item in whole.OutputItems)
                {
                    options.InputItems.Add(item);
                }

                foreach (var call in calls)
                {
                    options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.CallId, "fine"));
                }
            }),
            Cancel);

        Assert.Equal("Hello from the scripted upstream.", answer.GetOutputText());
    }

    [Fact]
    public async Task FollowUp_OfAnAnswerThatIsKept_IsAnswered_AndOfAnother_IsRefused()
    {
        First.Behaviour = new() { ResponseId = "resp_followed" };
        ResponseResult answer = await Responses.CreateResponseAsync(Options(GatewayFixture.ResponsesModel, "Hello"), Cancel);

        ResponseResult next = await Responses.CreateResponseAsync(Options(GatewayFixture.ResponsesModel, "And?", options => options.PreviousResponseId = answer.Id), Cancel);
        var fault = await Assert.ThrowsAsync<ClientResultException>(async () => await Responses.CreateResponseAsync(
            Options(GatewayFixture.ResponsesModel, "And?", static options => options.PreviousResponseId = "resp_of_nobody"), Cancel));

        Assert.Equal("Hello from the scripted upstream.", next.GetOutputText());
        Assert.Contains("resp_followed", First.Requests[^1].Text, StringComparison.Ordinal);
        Assert.Equal(400, fault.Status);
        Assert.Contains("previous_response_not_found", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, 400)]
    [InlineData(401, 502)]
    [InlineData(429, 429)]
    [InlineData(500, 502)]
    public async Task Error_OfTheOnlyProvider_HasTheStatusOfTheTable(int upstream, int expected)
    {
        foreach (var model in (string[])[GatewayFixture.OpenAiModel, GatewayFixture.ResponsesModel])
        {
            First.Next(new Support.Upstream.Behaviour { Status = upstream });

            var fault = await Assert.ThrowsAsync<ClientResultException>(async () => await Responses.CreateResponseAsync(Options(model, "Hello"), Cancel));

            Assert.Equal(expected, fault.Status);
        }
    }

    [Fact]
    public async Task Error_InTheMiddleOfAStream_IsSeen()
    {
        foreach (var (model, cut) in new[] { (GatewayFixture.OpenAiModel, 3), (GatewayFixture.ResponsesModel, 6) })
        {
            First.Next(new Support.Upstream.Behaviour { CutAfterEvents = cut });
            var text = new StringBuilder();
            StreamingResponseErrorUpdate? error = null;
            ResponseResult? completed = null;

            await foreach (var update in await Responses.CreateResponseStreamingAsync(Options(model, "Hello", static options => options.StreamingEnabled = true), Cancel))
            {
                text.Append((update as StreamingResponseOutputTextDeltaUpdate)?.Delta);
                completed = (update as StreamingResponseCompletedUpdate)?.Response ?? completed;
                error = update as StreamingResponseErrorUpdate ?? error;
            }

            Assert.Equal("Hello from", text.ToString());
            Assert.Null(completed);
            Assert.Equal("upstream_stream_interrupted", error?.Code);
        }
    }

    private static CreateResponseOptions Options(string model, string text, Action<CreateResponseOptions>? set = null)
    {
        var options = new CreateResponseOptions { Model = model };
        options.InputItems.Add(ResponseItem.CreateUserMessageItem(text));
        set?.Invoke(options);
        return options;
    }

    private static void AddTools(CreateResponseOptions options)
    {
        options.Tools.Add(ResponseTool.CreateFunctionTool("weather", Schema, strictModeEnabled: false, "Tells the weather"));
        options.Tools.Add(ResponseTool.CreateFunctionTool("time", Schema, strictModeEnabled: false, "Tells the time"));
    }
}
