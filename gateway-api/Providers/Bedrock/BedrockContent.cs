using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>Writes the content of messages as Converse's blocks. Blank text is left out, since Bedrock refuses it.</summary>
internal sealed class BedrockContent(BedrockWriting writing)
{
    private readonly Utf8JsonWriter _json = writing.Json;
    private readonly BedrockFiles _files = new(writing.Json);

    /// <summary>Whether anything of a message is left to send.</summary>
    public bool HasAny(Message message) => message.Role == Role.Tool || message.Calls.Count > 0 || message.Parts.Any(IsSent);

    /// <summary>Writes a message's blocks, calls and results included.</summary>
    public Refusal? WriteMessage(Message message)
    {
        if (message.Role == Role.Tool)
        {
            return WriteResult(message);
        }

        if (WriteParts(message) is { } fault)
        {
            return fault;
        }

        foreach (var call in message.Calls)
        {
            WriteCall(call);
        }

        return null;
    }

    /// <summary>Writes a message's parts.</summary>
    public Refusal? WriteParts(Message message)
    {
        foreach (var part in message.Parts)
        {
            if (IsSent(part))
            {
                if (WritePart(part) is { } fault)
                {
                    return fault;
                }

                BedrockCachePoint.Write(part.CacheControl, BedrockCachePlace.Content, writing);
            }
            else if (part is ReasoningPart { Text.Length: > 0 })
            {
                writing.Notes.Dropped("messages.reasoning_content");
            }
        }

        BedrockCachePoint.Write(message.CacheControl, BedrockCachePlace.Content, writing);
        return null;
    }

    // A thought is taken back where the model has signed it; only Claude signs.
    private bool IsSent(Part part) => part switch
    {
        TextPart text => !string.IsNullOrWhiteSpace(text.Text),
        RefusalPart refusal => !string.IsNullOrWhiteSpace(refusal.Text),
        ReasoningPart reasoning => writing.Model.TakesThoughts && ThoughtSignature.IsClaudes(reasoning.Signature) && (reasoning.IsRedacted || reasoning.Text.Length > 0),
        _ => true,
    };

    private Refusal? WritePart(Part part)
    {
        switch (part)
        {
            case TextPart text:
                WriteText(text.Text);
                return null;
            case RefusalPart refusal:
                WriteText(refusal.Text);
                return null;
            case ReasoningPart reasoning:
                WriteReasoning(reasoning);
                return null;
            default:
                return _files.Write(part);
        }
    }

    private void WriteText(string text)
    {
        _json.WriteStartObject();
        _json.WriteString("text"u8, text);
        _json.WriteEndObject();
    }

    private void WriteReasoning(ReasoningPart reasoning)
    {
        _json.WriteStartObject();
        _json.WriteStartObject("reasoningContent"u8);
        if (reasoning.IsRedacted)
        {
            _json.WriteString("redactedContent"u8, reasoning.Signature);
        }
        else
        {
            _json.WriteStartObject("reasoningText"u8);
            _json.WriteString("text"u8, reasoning.Text);
            _json.WriteString("signature"u8, reasoning.Signature);
            _json.WriteEndObject();
        }

        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private void WriteCall(ToolCall call)
    {
        _json.WriteStartObject();
        _json.WriteStartObject("toolUse"u8);
        _json.WriteString("toolUseId"u8, BedrockIds.Call(call.Id));
        _json.WriteString("name"u8, BedrockIds.Name(call.Name));
        _json.WritePropertyName("input"u8);
        _json.WriteRawValue(call.Arguments);
        _json.WriteEndObject();
        _json.WriteEndObject();
    }

    private Refusal? WriteResult(Message message)
    {
        _json.WriteStartObject();
        _json.WriteStartObject("toolResult"u8);
        _json.WriteString("toolUseId"u8, BedrockIds.Call(message.ToolCallId ?? ""));
        _json.WriteStartArray("content"u8);
        var cacheControl = message.CacheControl;
        foreach (var part in message.Parts.Where(IsSent))
        {
            if (part is ReasoningPart or AudioPart)
            {
                return Refusals.UnsupportedParameter(part.Path, "A tool's result can be text, images and documents.");
            }

            if (WritePart(part) is { } fault)
            {
                return fault;
            }

            cacheControl = part.CacheControl.ValueKind == JsonValueKind.Object ? part.CacheControl : cacheControl;
        }

        _json.WriteEndArray();
        if (message.IsToolError && writing.Model.TakesToolStatus)
        {
            _json.WriteString("status"u8, "error"u8);
        }

        _json.WriteEndObject();
        _json.WriteEndObject();
        BedrockCachePoint.Write(cacheControl, BedrockCachePlace.Content, writing);
        return null;
    }
}
