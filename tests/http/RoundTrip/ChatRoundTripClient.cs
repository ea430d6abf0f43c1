using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using OpenAI;
using OpenAI.Chat;

#pragma warning disable OPENAI001, SCME0001 // How much to think, and members that the client has no name for, are marked as subject to change.

namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>OpenAI's .NET client of Chat Completions.</summary>
internal sealed class ChatRoundTripClient(Uri gateway) : RoundTripClient
{
    private readonly OpenAIClient _sdk = At(gateway);

    /// <inheritdoc/>
    public override (string Limited, string Rejected) Exceptions => (nameof(ClientResultException), nameof(ClientResultException));

    /// <summary>OpenAI's client, told where the gateway is, and nothing else.</summary>
    internal static OpenAIClient At(Uri gateway) => new(
        new ApiKeyCredential("no-key-needed"),
        new OpenAIClientOptions { Endpoint = new Uri(gateway, "/v1"), RetryPolicy = new ClientRetryPolicy(maxRetries: 0) });

    /// <inheritdoc/>
    public override async Task<Heard> AskAsync(Question question, CancellationToken cancel)
    {
        if (question.IsStreamed)
        {
            return (await StreamAsync(question, cancel)).ToHeard();
        }

        ChatCompletion answer = await _sdk.GetChatClient(question.Model).CompleteChatAsync(MessagesOf(question), OptionsOf(question), cancel);
        answer.Patch.TryGetValue("$.choices[0].message.reasoning_content"u8, out string? reasoning);
        return new Heard(
            string.Concat(answer.Content.Select(static part => part.Text)),
            reasoning ?? "",
            [.. answer.ToolCalls.Select(static call => (call.Id, call.FunctionName, call.FunctionArguments.ToString()))],
            EndOf(answer.FinishReason),
            TokensOf(answer.Usage))
        {
            Answer = answer,
        };
    }

    /// <inheritdoc/>
    public override async Task<Complaint> FailAsync(Question question, CancellationToken cancel) =>
        Of(await Assert.ThrowsAsync<ClientResultException>(() => AskAsync(question, cancel)));

    /// <inheritdoc/>
    public override async Task<(string Text, bool IsComplete)> FollowAsync(Question question, CancellationToken cancel)
    {
        // This client reads an error event as an update without choices: that the answer is not whole shows in the missing reason.
        var streamed = await StreamAsync(question, cancel);
        return (streamed.Text.ToString(), streamed.End is not null);
    }

    internal static Complaint Of(ClientResultException fault)
    {
        var headers = fault.GetRawResponse()!.Headers;
        return new Complaint(fault.GetType().Name, fault.Status, fault.Message, headers.TryGetValue("retry-after", out var wait) ? wait : null);
    }

    private async Task<Streamed> StreamAsync(Question question, CancellationToken cancel)
    {
        var streamed = new Streamed();
        await foreach (var update in _sdk.GetChatClient(question.Model).CompleteChatStreamingAsync(MessagesOf(question), OptionsOf(question), cancel))
        {
            streamed.Take(update);
        }

        return streamed;
    }

    private static List<ChatMessage> MessagesOf(Question question)
    {
        var text = ChatMessageContentPart.CreateTextPart(question.Text);
        List<ChatMessage> messages =
        [
            new SystemChatMessage(Script.Instructions),
            question.Feature == Feature.Image
                ? new UserChatMessage(text, ChatMessageContentPart.CreateImagePart(BinaryData.FromBytes(Convert.FromBase64String(Script.Image)), Script.ImageType))
                : new UserChatMessage(text),
        ];
        if (question.Earlier is { } earlier)
        {
            messages.Add(earlier.Answer is ChatCompletion answer ? new AssistantChatMessage(answer) : AssistantOf(earlier));
            messages.AddRange(earlier.Calls.Zip(Script.Results).Select(static pair => new ToolChatMessage(pair.First.Id, pair.Second)));
        }

        return messages;
    }

    private static AssistantChatMessage AssistantOf(Heard earlier) =>
        new(earlier.Calls.Select(static call => ChatToolCall.CreateFunctionToolCall(call.Id, call.Name, BinaryData.FromString(call.Arguments))))
        {
            Content = { ChatMessageContentPart.CreateTextPart(earlier.Text) },
        };

    private static ChatCompletionOptions OptionsOf(Question question)
    {
        var options = new ChatCompletionOptions();
        switch (question.Feature)
        {
            case Feature.Tools or Feature.ThoughtsBack:
                foreach (var tool in Script.Tools)
                {
                    options.Tools.Add(ChatTool.CreateFunctionTool(tool.Name, tool.Description, BinaryData.FromString(tool.Schema)));
                }

                break;
            case Feature.Schema:
                options.ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("answer", BinaryData.FromString(Script.Schema.ToJsonString()), jsonSchemaIsStrict: true);
                break;
            case Feature.Reasoning:
                options.ReasoningEffortLevel = ChatReasoningEffortLevel.Low;
                break;
            case Feature.Length:
                options.MaxOutputTokenCount = Script.MaxTokens;
                break;
        }

        return options;
    }

    private static ReplyEnd EndOf(ChatFinishReason reason) => reason switch
    {
        ChatFinishReason.Stop => ReplyEnd.Stop,
        ChatFinishReason.Length => ReplyEnd.Length,
        ChatFinishReason.ToolCalls => ReplyEnd.ToolCalls,
        ChatFinishReason.ContentFilter => ReplyEnd.Filter,
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "The reason is an old one."),
    };

    private static Tokens? TokensOf(ChatTokenUsage? usage) => usage is null
        ? null
        : new Tokens(
            usage.InputTokenCount,
            usage.InputTokenDetails?.CachedTokenCount ?? 0,
            null,
            usage.OutputTokenCount,
            usage.OutputTokenDetails?.ReasoningTokenCount ?? 0);

    /// <summary>Puts updates together, as an application does.</summary>
    private sealed class Streamed
    {
        private readonly StringBuilder _reasoning = new();
        private readonly SortedDictionary<int, (string Id, string Name, string Arguments)> _calls = [];
        private Tokens? _tokens;

        public StringBuilder Text { get; } = new();

        public ReplyEnd? End { get; private set; }

        public void Take(StreamingChatCompletionUpdate update)
        {
            Text.Append(string.Concat(update.ContentUpdate.Select(static part => part.Text)));
            if (update.Patch.TryGetValue("$.choices[0].delta.reasoning_content"u8, out string? thought))
            {
                _reasoning.Append(thought);
            }

            foreach (var call in update.ToolCallUpdates)
            {
                // Id and name are told once, with the first piece.
                Assert.Equal(call.ToolCallId is not null, !_calls.TryGetValue(call.Index, out var known));
                _calls[call.Index] = (call.ToolCallId ?? known.Id!, call.FunctionName ?? known.Name!, known.Arguments + call.FunctionArgumentsUpdate);
            }

            End = update.FinishReason is { } reason ? EndOf(reason) : End;
            _tokens = TokensOf(update.Usage) ?? _tokens;
        }

        public Heard ToHeard() => new(Text.ToString(), _reasoning.ToString(), [.. _calls.Values], End, _tokens);
    }
}
