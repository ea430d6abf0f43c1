using System.Text.Json;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>Kinds of stream events.</summary>
internal enum AnthropicEventKind
{
    /// <summary>A kind that is new: Anthropic adds some and tells clients to pass over them.</summary>
    Unknown = 0,

    Ping = 1,

    MessageStart = 2,

    BlockStart = 3,

    BlockDelta = 4,

    BlockStop = 5,

    MessageDelta = 6,

    MessageStop = 7,

    Error = 8,
}

/// <summary>Kinds of blocks, and of what is added to them.</summary>
internal enum AnthropicBlockKind
{
    /// <summary>Blocks of server tools, citations and what is new.</summary>
    Other = 0,

    /// <summary><c>text</c>, <c>text_delta</c>.</summary>
    Text = 1,

    /// <summary><c>thinking</c>, <c>thinking_delta</c>.</summary>
    Thinking = 2,

    /// <summary><c>signature_delta</c>.</summary>
    Signature = 3,

    /// <summary><c>tool_use</c>.</summary>
    ToolUse = 4,

    /// <summary><c>input_json_delta</c>.</summary>
    Input = 5,

    /// <summary><c>redacted_thinking</c>.</summary>
    Redacted = 6,
}

/// <summary>Reads kinds without making a string of each.</summary>
internal static class AnthropicKinds
{
    /// <param name="reader">At a string.</param>
    public static AnthropicEventKind ReadEvent(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("content_block_delta"u8) ? AnthropicEventKind.BlockDelta
        : reader.ValueTextEquals("content_block_start"u8) ? AnthropicEventKind.BlockStart
        : reader.ValueTextEquals("content_block_stop"u8) ? AnthropicEventKind.BlockStop
        : reader.ValueTextEquals("message_start"u8) ? AnthropicEventKind.MessageStart
        : reader.ValueTextEquals("message_delta"u8) ? AnthropicEventKind.MessageDelta
        : reader.ValueTextEquals("message_stop"u8) ? AnthropicEventKind.MessageStop
        : reader.ValueTextEquals("ping"u8) ? AnthropicEventKind.Ping
        : reader.ValueTextEquals("error"u8) ? AnthropicEventKind.Error
        : AnthropicEventKind.Unknown;

    /// <summary>The name of a known kind; empty for others.</summary>
    public static ReadOnlySpan<byte> NameOf(AnthropicEventKind kind) => kind switch
    {
        AnthropicEventKind.Ping => "ping"u8,
        AnthropicEventKind.MessageStart => "message_start"u8,
        AnthropicEventKind.BlockStart => "content_block_start"u8,
        AnthropicEventKind.BlockDelta => "content_block_delta"u8,
        AnthropicEventKind.BlockStop => "content_block_stop"u8,
        AnthropicEventKind.MessageDelta => "message_delta"u8,
        AnthropicEventKind.MessageStop => "message_stop"u8,
        AnthropicEventKind.Error => "error"u8,
        _ => default,
    };

    /// <param name="reader">At a string.</param>
    public static AnthropicBlockKind ReadBlock(ref Utf8JsonReader reader) =>
        reader.ValueTextEquals("text_delta"u8) || reader.ValueTextEquals("text"u8) ? AnthropicBlockKind.Text
        : reader.ValueTextEquals("thinking_delta"u8) || reader.ValueTextEquals("thinking"u8) ? AnthropicBlockKind.Thinking
        : reader.ValueTextEquals("input_json_delta"u8) ? AnthropicBlockKind.Input
        : reader.ValueTextEquals("tool_use"u8) ? AnthropicBlockKind.ToolUse
        : reader.ValueTextEquals("signature_delta"u8) ? AnthropicBlockKind.Signature
        : reader.ValueTextEquals("redacted_thinking"u8) ? AnthropicBlockKind.Redacted
        : AnthropicBlockKind.Other;
}
