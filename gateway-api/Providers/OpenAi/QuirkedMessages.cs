using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>Writes the messages of a request for a server that does not take every member of theirs.</summary>
internal sealed class QuirkedMessages(OpenAiDialect dialect, TranslationNotes notes, Utf8JsonWriter json)
{
    /// <summary>Whether a message has anything that the server takes in another way.</summary>
    /// <param name="dialect">The server.</param>
    /// <param name="reader">At the name <c>messages</c>; left at the end of its value, where nothing is found.</param>
    public static bool AreNeeded(OpenAiDialect dialect, ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return false;
        }

        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (dialect.CallIdLength > 0 && (reader.ValueTextEquals("tool_calls"u8) || reader.ValueTextEquals("tool_call_id"u8)))
            {
                return true;
            }

            foreach (var name in dialect.DroppedOfMessages)
            {
                if (reader.ValueTextEquals(name))
                {
                    return true;
                }
            }

            reader.Read();
            reader.Skip();
        }

        return false;
    }

    /// <summary>Writes <c>messages</c>.</summary>
    public void Write(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array)
        {
            QuirkedBody.Copy("messages", messages, json);
            return;
        }

        json.WriteStartArray("messages"u8);
        foreach (var message in messages.EnumerateArray())
        {
            WriteMessage(message);
        }

        json.WriteEndArray();
    }

    private void WriteMessage(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
        {
            message.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        foreach (var member in message.EnumerateObject())
        {
            if (dialect.DroppedOfMessages.Contains(member.Name))
            {
                if (member.Value.ValueKind != JsonValueKind.Null)
                {
                    notes.Dropped($"messages.{member.Name}");
                }
            }
            else if (dialect.CallIdLength > 0 && member.NameEquals("tool_calls"u8) && member.Value.ValueKind == JsonValueKind.Array)
            {
                WriteCalls(member.Value);
            }
            else
            {
                WriteId(member, "tool_call_id"u8);
            }
        }

        json.WriteEndObject();
    }

    private void WriteCalls(JsonElement calls)
    {
        json.WriteStartArray("tool_calls"u8);
        foreach (var call in calls.EnumerateArray())
        {
            if (call.ValueKind != JsonValueKind.Object)
            {
                call.WriteTo(json);
                continue;
            }

            json.WriteStartObject();
            foreach (var member in call.EnumerateObject())
            {
                WriteId(member, "id"u8);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    // Writes a member, and where it is an id of a call, in the server's form.
    private void WriteId(JsonProperty member, ReadOnlySpan<byte> name)
    {
        if (dialect.CallIdLength > 0 && member.NameEquals(name) && member.Value.ValueKind == JsonValueKind.String)
        {
            json.WriteString(name, CallId.Fit(member.Value.GetString()!, dialect.CallIdLength));
        }
        else
        {
            QuirkedBody.Copy(member.Name, member.Value, json);
        }
    }
}
