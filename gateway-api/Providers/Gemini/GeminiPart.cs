using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Gemini;

/// <summary>
/// One part of a streamed candidate, members in any order. Strings stay escaped JSON, quotes included, so that they can
/// be copied into the client's event as they are. Images, code that the provider ran and what is new are passed over.
/// </summary>
internal ref struct GeminiPart
{
    /// <summary><c>text</c>; empty: none.</summary>
    public ReadOnlySpan<byte> Text;

    /// <summary>The text is a thought.</summary>
    public bool IsThought;

    /// <summary><c>thoughtSignature</c>; empty: none.</summary>
    public ReadOnlySpan<byte> Signature;

    /// <summary><c>functionCall.name</c>; empty: no call.</summary>
    public ReadOnlySpan<byte> CallName;

    /// <summary><c>functionCall.id</c>; empty: none.</summary>
    public ReadOnlySpan<byte> CallId;

    /// <summary><c>functionCall.args</c>, a raw JSON object; empty: none.</summary>
    public ReadOnlySpan<byte> CallArguments;

    /// <summary>Whether <see cref="Text"/> holds a character.</summary>
    public readonly bool HasText => Text.Length > 2;

    /// <summary>Whether the part is a call that can be told.</summary>
    public readonly bool IsCall => CallName.Length > 2;

    /// <summary>Reads a part.</summary>
    /// <param name="reader">At the object's start; left at its end.</param>
    /// <param name="data">What the reader reads.</param>
    public static GeminiPart Read(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        var part = default(GeminiPart);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("text"u8))
            {
                part.Text = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("thought"u8))
            {
                reader.Read();
                part.IsThought = reader.TokenType == JsonTokenType.True;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("thoughtSignature"u8))
            {
                part.Signature = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("functionCall"u8))
            {
                part.ReadCall(ref reader, data);
            }
            else
            {
                reader.Skip();
            }
        }

        return part;
    }

    private void ReadCall(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> data)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                CallName = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                CallId = JsonText.ReadString(ref reader, data);
            }
            else if (reader.ValueTextEquals("args"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                var isObject = reader.TokenType == JsonTokenType.StartObject;
                reader.Skip();
                CallArguments = isObject ? data[start..(int)reader.BytesConsumed] : default;
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
