using System.Text;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>
/// Reads a whole answer of Converse. Blocks of tools that ran at Bedrock, citations' sources, and what is new pass by
/// unseen; text that is cited is part of the answer.
/// </summary>
internal sealed class BedrockAnswer
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128 };

    private readonly StringBuilder _text = new();
    private readonly StringBuilder _thoughts = new();
    private readonly List<string> _redacted = [];
    private readonly List<ToolCall> _calls = [];
    private readonly bool _mayHaveAnswerTool;
    private string? _signature;

    private BedrockAnswer(bool mayHaveAnswerTool) => _mayHaveAnswerTool = mayHaveAnswerTool;

    /// <summary>Reads an answer; <see langword="null"/>: it is none.</summary>
    /// <param name="body">The provider's whole answer.</param>
    /// <param name="mayHaveAnswerTool">Whether a call of <see cref="BedrockFormat.ToolName"/> is the answer's text.</param>
    public static Answer? Read(ReadOnlyMemory<byte> body, bool mayHaveAnswerTool)
    {
        try
        {
            using var document = JsonDocument.Parse(body, Options);
            var root = document.RootElement;
            return root.TryGetValue("output", out var output)
                && output.TryGetValue("message", out var message)
                && message.TryGetValue("content", out var content) && content.ValueKind == JsonValueKind.Array
                && root.GetText("stopReason") is { } stopReason
                    ? new BedrockAnswer(mayHaveAnswerTool).Read(root, content, stopReason)
                    : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private Answer? Read(JsonElement root, JsonElement content, string stopReason)
    {
        foreach (var block in content.EnumerateArray())
        {
            ReadBlock(block);
        }

        if (BedrockFinish.Read(Encoding.UTF8.GetBytes(stopReason), _calls.Count > 0) is not { } finish)
        {
            return null;
        }

        root.TryGetValue(BedrockEvent.ResponseFields, out var fields);
        return new Answer
        {
            Text = _text.Length > 0 ? _text.ToString() : null,
            Reasoning = _thoughts.Length > 0 ? _thoughts.ToString() : null,
            ReasoningSignature = _signature,
            RedactedReasoning = _redacted,
            Calls = _calls,
            Finish = finish,
            StopSequence = fields.GetText(BedrockModelFields.StopSequence),
            Usage = ReadUsage(root),
        };
    }

    private void ReadBlock(JsonElement block)
    {
        _text.Append(block.GetText("text"));
        if (block.TryGetValue("reasoningContent", out var reasoning))
        {
            ReadThought(reasoning);
        }

        if (block.TryGetValue("citationsContent", out var cited) && cited.TryGetValue("content", out var pieces) && pieces.ValueKind == JsonValueKind.Array)
        {
            foreach (var piece in pieces.EnumerateArray())
            {
                _text.Append(piece.GetText("text"));
            }
        }

        if (block.TryGetValue("toolUse", out var call) && call.GetText("name") is { Length: > 0 } name && call.GetText("type") != "server_tool_use")
        {
            ReadCall(call, name);
        }
    }

    private void ReadThought(JsonElement reasoning)
    {
        if (reasoning.TryGetValue("reasoningText", out var thought))
        {
            _thoughts.Append(thought.GetText("text"));
            _signature = thought.GetText("signature") ?? _signature;
        }

        if (reasoning.GetText("redactedContent") is { Length: > 0 } redacted)
        {
            _redacted.Add(redacted);
        }
    }

    private void ReadCall(JsonElement call, string name)
    {
        var arguments = call.TryGetValue("input", out var input) && input.ValueKind == JsonValueKind.Object ? JsonText.Compact(input) : "{}";
        if (_mayHaveAnswerTool && name == BedrockFormat.ToolName)
        {
            _text.Append(arguments);
            return;
        }

        _calls.Add(new ToolCall(call.GetText("toolUseId") is { Length: > 0 } id ? id : $"call_{_calls.Count}", name, arguments));
    }

    private static TokenUsage? ReadUsage(JsonElement root)
    {
        if (!root.TryGetValue("usage", out var usage) || usage.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        return new TokenUsage(
            usage.GetCount("inputTokens"), usage.GetCount("cacheReadInputTokens"), usage.GetCount("cacheWriteInputTokens"), usage.GetCount("outputTokens"), 0);
    }
}
