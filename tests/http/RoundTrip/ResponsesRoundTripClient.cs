using System.ClientModel;
using System.Text;
using OpenAI.Responses;

#pragma warning disable OPENAI001 // Of Responses all is marked as subject to change.

namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>OpenAI's .NET client of Responses.</summary>
internal sealed class ResponsesRoundTripClient(Uri gateway) : RoundTripClient
{
    private readonly ResponsesClient _sdk = ChatRoundTripClient.At(gateway).GetResponsesClient();

    /// <inheritdoc/>
    public override (string Limited, string Rejected) Exceptions => (nameof(ClientResultException), nameof(ClientResultException));

    /// <inheritdoc/>
    public override async Task<Heard> AskAsync(Question question, CancellationToken cancel)
    {
        if (!question.IsStreamed)
        {
            return HeardOf(await _sdk.CreateResponseAsync(OptionsOf(question), cancel));
        }

        var (text, last) = await StreamAsync(question, cancel);
        var heard = HeardOf(last!);
        Assert.Equal(heard.Text, text);
        return heard;
    }

    /// <inheritdoc/>
    public override async Task<Complaint> FailAsync(Question question, CancellationToken cancel) =>
        ChatRoundTripClient.Of(await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(question, cancel)));

    /// <inheritdoc/>
    public override async Task<(string Text, bool IsComplete)> FollowAsync(Question question, CancellationToken cancel)
    {
        var (text, last) = await StreamAsync(question, cancel);
        return (text, last is not null);
    }

    private async Task<(string Text, ResponseResult? Last)> StreamAsync(Question question, CancellationToken cancel)
    {
        var text = new StringBuilder();
        ResponseResult? last = null;
        await foreach (var update in await _sdk.CreateResponseStreamingAsync(OptionsOf(question), cancel))
        {
            text.Append((update as StreamingResponseOutputTextDeltaUpdate)?.Delta);
            last = (update as StreamingResponseCompletedUpdate)?.Response ?? (update as StreamingResponseIncompleteUpdate)?.Response ?? last;
        }

        return (text.ToString(), last);
    }

    private static CreateResponseOptions OptionsOf(Question question)
    {
        var options = new CreateResponseOptions { Model = question.Model, Instructions = Script.Instructions, StreamingEnabled = question.IsStreamed };
        List<ResponseContentPart> content = [ResponseContentPart.CreateInputTextPart(question.Text)];
        if (question.Feature == Feature.Image)
        {
            content.Add(ResponseContentPart.CreateInputImagePart(BinaryData.FromBytes(Convert.FromBase64String(Script.Image), Script.ImageType)));
        }

        options.InputItems.Add(ResponseItem.CreateUserMessageItem(content));
        if (question.Earlier is { } earlier)
        {
            foreach (var item in ((ResponseResult)earlier.Answer!).OutputItems)
            {
                options.InputItems.Add(item);
            }

            foreach (var (call, result) in earlier.Calls.Zip(Script.Results))
            {
                options.InputItems.Add(ResponseItem.CreateFunctionCallOutputItem(call.Id, result));
            }
        }

        Want(question.Feature, options);
        return options;
    }

    private static void Want(Feature feature, CreateResponseOptions options)
    {
        switch (feature)
        {
            case Feature.Tools or Feature.ThoughtsBack:
                foreach (var tool in Script.Tools)
                {
                    options.Tools.Add(ResponseTool.CreateFunctionTool(tool.Name, BinaryData.FromString(tool.Schema), strictModeEnabled: false, tool.Description));
                }

                break;
            case Feature.Schema:
                options.TextOptions = new ResponseTextOptions
                {
                    TextFormat = ResponseTextFormat.CreateJsonSchemaFormat("answer", BinaryData.FromString(Script.Schema.ToJsonString()), jsonSchemaIsStrict: true),
                };
                break;
            case Feature.Reasoning:
                options.ReasoningOptions = new ResponseReasoningOptions { ReasoningEffortLevel = ResponseReasoningEffortLevel.Low };
                break;
            case Feature.Length:
                options.MaxOutputTokenCount = Script.MaxTokens;
                break;
        }
    }

    private static Heard HeardOf(ResponseResult answer) => new(
        answer.GetOutputText() ?? "",
        string.Concat(answer.OutputItems.OfType<ReasoningResponseItem>().Select(static item => item.GetSummaryText())),
        [.. answer.OutputItems.OfType<FunctionCallResponseItem>().Select(static call => (call.CallId, call.FunctionName, call.FunctionArguments.ToString()))],
        EndOf(answer),
        answer.Usage is not { } usage
            ? null
            : new Tokens(
                usage.InputTokenCount,
                usage.InputTokenDetails?.CachedTokenCount ?? 0,
                null,
                usage.OutputTokenCount,
                usage.OutputTokenDetails?.ReasoningTokenCount ?? 0))
    {
        Answer = answer,
    };

    private static ReplyEnd EndOf(ResponseResult answer)
    {
        if (answer.Status == ResponseStatus.Incomplete)
        {
            return answer.IncompleteStatusDetails.Reason == ResponseIncompleteStatusReason.MaxOutputTokens ? ReplyEnd.Length : ReplyEnd.Filter;
        }

        Assert.Equal(ResponseStatus.Completed, answer.Status);
        return answer.OutputItems.OfType<FunctionCallResponseItem>().Any() ? ReplyEnd.ToolCalls : ReplyEnd.Stop;
    }
}
