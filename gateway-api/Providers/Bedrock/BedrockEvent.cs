using System.Text.Json;
using System.Text.Unicode;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>
/// What one event of ConverseStream holds, of whichever kind. Strings are slices of the event: as they stand there,
/// quotes included, and empty where there are none.
/// </summary>
internal ref struct BedrockEvent
{
    /// <summary>The member for fields of a model's maker in an answer.</summary>
    public const string ResponseFields = "additionalModelResponseFields";

    private readonly ReadOnlySpan<byte> _data;

    private BedrockEvent(ReadOnlySpan<byte> data) => _data = data;

    /// <summary>The block's place among all blocks.</summary>
    public int Index { get; private set; }

    public ReadOnlySpan<byte> Text { get; private set; }

    public ReadOnlySpan<byte> Thought { get; private set; }

    public ReadOnlySpan<byte> Signature { get; private set; }

    /// <summary>A thought that is encrypted whole, in Base64.</summary>
    public ReadOnlySpan<byte> Redacted { get; private set; }

    /// <summary>A piece of a call's arguments.</summary>
    public ReadOnlySpan<byte> Input { get; private set; }

    public ReadOnlySpan<byte> CallId { get; private set; }

    public ReadOnlySpan<byte> CallName { get; private set; }

    /// <summary>The call is one that Bedrock runs itself.</summary>
    public bool IsServerCall { get; private set; }

    public ReadOnlySpan<byte> StopReason { get; private set; }

    public ReadOnlySpan<byte> StopSequence { get; private set; }

    /// <summary>Tokens billed; <see langword="null"/>: not told here.</summary>
    public TokenUsage? Usage { get; private set; }

    /// <summary>Reads an event's data.</summary>
    /// <returns><see langword="false"/> when it is not one JSON object.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, out BedrockEvent read)
    {
        read = default;

        // The reader does not look into strings that are copied.
        if (!Utf8.IsValid(data))
        {
            return false;
        }

        var told = new BedrockEvent(data);
        var reader = new Utf8JsonReader(data);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            told.ReadEvent(ref reader);
            read = told;
            return !reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private void ReadEvent(scoped ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("contentBlockIndex"u8))
            {
                reader.Read();
                Index = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index) ? index : 0;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("delta"u8))
            {
                ReadDelta(ref reader);
            }
            else if (reader.ValueTextEquals("start"u8))
            {
                ReadStart(ref reader);
            }
            else if (reader.ValueTextEquals("stopReason"u8))
            {
                StopReason = JsonText.ReadString(ref reader, _data);
            }
            else if (reader.ValueTextEquals("additionalModelResponseFields"u8))
            {
                ReadResponseFields(ref reader);
            }
            else if (reader.ValueTextEquals("usage"u8))
            {
                ReadUsage(ref reader);
            }
            else
            {
                JsonText.SkipValue(ref reader);
            }
        }
    }

    private void ReadDelta(scoped ref Utf8JsonReader reader)
    {
        if (!JsonText.EnterObject(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("text"u8))
            {
                Text = JsonText.ReadString(ref reader, _data);
            }
            else if (reader.ValueTextEquals("reasoningContent"u8))
            {
                ReadThought(ref reader);
            }
            else if (reader.ValueTextEquals("toolUse"u8))
            {
                ReadInput(ref reader);
            }
            else
            {
                JsonText.SkipValue(ref reader);
            }
        }
    }

    private void ReadThought(scoped ref Utf8JsonReader reader)
    {
        if (!JsonText.EnterObject(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("text"u8))
            {
                Thought = JsonText.ReadString(ref reader, _data);
            }
            else if (reader.ValueTextEquals("signature"u8))
            {
                Signature = JsonText.ReadString(ref reader, _data);
            }
            else if (reader.ValueTextEquals("redactedContent"u8))
            {
                Redacted = JsonText.ReadString(ref reader, _data);
            }
            else
            {
                JsonText.SkipValue(ref reader);
            }
        }
    }

    private void ReadInput(scoped ref Utf8JsonReader reader)
    {
        if (!JsonText.EnterObject(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("input"u8))
            {
                Input = JsonText.ReadString(ref reader, _data);
            }
            else
            {
                JsonText.SkipValue(ref reader);
            }
        }
    }

    private void ReadStart(scoped ref Utf8JsonReader reader)
    {
        if (!JsonText.EnterObject(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("toolUse"u8))
            {
                JsonText.SkipValue(ref reader);
            }
            else if (JsonText.EnterObject(ref reader))
            {
                ReadCall(ref reader);
            }
        }
    }

    private void ReadCall(scoped ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("toolUseId"u8))
            {
                CallId = JsonText.ReadString(ref reader, _data);
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                CallName = JsonText.ReadString(ref reader, _data);
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                IsServerCall = JsonText.Inner(JsonText.ReadString(ref reader, _data)).SequenceEqual("server_tool_use"u8);
            }
            else
            {
                JsonText.SkipValue(ref reader);
            }
        }
    }

    private void ReadResponseFields(scoped ref Utf8JsonReader reader)
    {
        if (!JsonText.EnterObject(ref reader))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals(BedrockModelFields.StopSequence))
            {
                StopSequence = JsonText.ReadString(ref reader, _data);
            }
            else
            {
                JsonText.SkipValue(ref reader);
            }
        }
    }

    private void ReadUsage(scoped ref Utf8JsonReader reader)
    {
        if (JsonText.EnterObject(ref reader))
        {
            Usage = BedrockUsage.Read(ref reader);
        }
    }
}
