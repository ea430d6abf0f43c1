using System.Text.Json;
using System.Text.Json.Nodes;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;

namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>Anthropic's .NET client, which checks every answer, and puts streams together itself.</summary>
internal sealed class MessagesRoundTripClient(Uri gateway) : RoundTripClient
{
    private static readonly Dictionary<string, JsonElement> Nothing = [];

    private AnthropicClient Sdk { get; } = new()
    {
        BaseUrl = gateway.ToString().TrimEnd('/'),
        ApiKey = "no-key-needed",
        MaxRetries = 0,
        ResponseValidation = true,
    };

    /// <inheritdoc/>
    public override (string Limited, string Rejected) Exceptions => (nameof(AnthropicRateLimitException), nameof(AnthropicBadRequestException));

    /// <inheritdoc/>
    public override async Task<Heard> AskAsync(Question question, CancellationToken cancel) => HeardOf(question.IsStreamed
        ? await Sdk.Messages.CreateStreaming(RequestOf(question), cancel).Aggregate()
        : await Sdk.Messages.Create(RequestOf(question), cancel));

    /// <inheritdoc/>
    public override async Task<Complaint> FailAsync(Question question, CancellationToken cancel)
    {
        var fault = await Assert.ThrowsAnyAsync<AnthropicApiException>(() => AskAsync(question, cancel));
        return new Complaint(fault.GetType().Name, (int)fault.StatusCode, fault.Message, null);
    }

    /// <inheritdoc/>
    public override async Task<(string Text, bool IsComplete)> FollowAsync(Question question, CancellationToken cancel)
    {
        var text = "";
        try
        {
            await foreach (var told in Sdk.Messages.CreateStreaming(RequestOf(question), cancel))
            {
                text += told.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece) ? piece.Text : "";
            }

            return (text, true);
        }
        catch (AnthropicException)
        {
            return (text, false);
        }
    }

    private static MessageCreateParams RequestOf(Question question)
    {
        var body = new JsonObject
        {
            ["model"] = question.Model,
            ["max_tokens"] = question.Feature == Feature.Length ? Script.MaxTokens : 4096,
            ["system"] = Script.Instructions,
            ["messages"] = MessagesOf(question),
        };
        switch (question.Feature)
        {
            case Feature.Tools or Feature.ThoughtsBack:
                body["tools"] = new JsonArray([.. Script.Tools.Select(static JsonNode (tool) => new JsonObject
                {
                    ["name"] = tool.Name,
                    ["description"] = tool.Description,
                    ["input_schema"] = JsonNode.Parse(tool.Schema),
                })]);
                break;
            case Feature.Schema:
                body["output_config"] = new JsonObject { ["format"] = new JsonObject { ["type"] = "json_schema", ["schema"] = Script.Schema } };
                break;
            case Feature.Reasoning:
                body["thinking"] = new JsonObject { ["type"] = "enabled", ["budget_tokens"] = 1024 };
                break;
        }

        return MessageCreateParams.FromRawUnchecked(Nothing, Nothing, body.Deserialize<Dictionary<string, JsonElement>>()!);
    }

    private static JsonArray MessagesOf(Question question)
    {
        var content = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = question.Text });
        if (question.Feature == Feature.Image)
        {
            content.Add(new JsonObject
            {
                ["type"] = "image",
                ["source"] = new JsonObject { ["type"] = "base64", ["media_type"] = Script.ImageType, ["data"] = Script.Image },
            });
        }

        var messages = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = content });
        if (question.Earlier is { } earlier)
        {
            var results = earlier.Calls.Zip(Script.Results).Select(static JsonNode (pair) => new JsonObject
            {
                ["type"] = "tool_result",
                ["tool_use_id"] = pair.First.Id,
                ["content"] = pair.Second,
            });
            messages.Add(new JsonObject { ["role"] = "assistant", ["content"] = JsonSerializer.SerializeToNode(((Message)earlier.Answer!).Content) });
            messages.Add(new JsonObject { ["role"] = "user", ["content"] = new JsonArray([.. results]) });
        }

        return messages;
    }

    private static Heard HeardOf(Message message)
    {
        var blocks = message.Content;
        var usage = message.Usage;
        var thought = usage.RawData.TryGetValue("output_tokens_details", out var details) && details.ValueKind == JsonValueKind.Object
            ? details.GetProperty("thinking_tokens").GetInt64()
            : 0;
        return new Heard(
            string.Concat(blocks.Select(static block => block.TryPickText(out var text) ? text.Text : "")),
            string.Concat(blocks.Select(static block => block.TryPickThinking(out var told) ? told.Thinking : "")),
            [.. blocks.Where(static block => block.TryPickToolUse(out _)).Select(static block => CallOf(block))],
            message.StopReason!.Raw() switch
            {
                "max_tokens" => ReplyEnd.Length,
                "tool_use" => ReplyEnd.ToolCalls,
                "refusal" => ReplyEnd.Filter,
                "end_turn" => ReplyEnd.Stop,
                var reason => throw new InvalidOperationException($"It stopped because of '{reason}'."),
            },
            new Tokens(
                usage.InputTokens + (usage.CacheReadInputTokens ?? 0) + (usage.CacheCreationInputTokens ?? 0),
                usage.CacheReadInputTokens ?? 0,
                usage.CacheCreationInputTokens ?? 0,
                usage.OutputTokens,
                thought))
        {
            Answer = message,
        };
    }

    private static (string Id, string Name, string Arguments) CallOf(ContentBlock block)
    {
        block.TryPickToolUse(out var call);
        return (call!.ID, call.Name, JsonSerializer.Serialize(call.Input));
    }
}
