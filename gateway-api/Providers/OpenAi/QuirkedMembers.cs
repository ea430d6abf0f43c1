using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>Writes values of a request for a server that does not take every member within them.</summary>
/// <param name="callIdLength">How long an id of a tool call must be.</param>
/// <param name="notes">Takes what is left out.</param>
/// <param name="json">Takes the request.</param>
internal sealed class QuirkedMembers(int callIdLength, TranslationNotes notes, Utf8JsonWriter json)
{
    /// <summary>Writes a member.</summary>
    /// <param name="member">The member.</param>
    /// <param name="changes">What changes in it.</param>
    /// <param name="path">Its own path.</param>
    public void Write(JsonProperty member, MemberTree changes, string path)
    {
        var value = member.Value;
        switch (changes.Change)
        {
            case MemberChange.Dropped:
                if (value.ValueKind != JsonValueKind.Null)
                {
                    notes.Dropped(path);
                }

                return;
            case MemberChange.CallId when value.ValueKind == JsonValueKind.String:
                json.WriteString(member.Name, CallId.Fit(value.GetString()!, callIdLength));
                return;
            case MemberChange.SystemRole when value.ValueKind == JsonValueKind.String && value.ValueEquals("developer"u8):
                json.WriteString(member.Name, "system"u8);
                return;
            case MemberChange.NeedsParameters when value.ValueKind == JsonValueKind.Object && !value.TryGetProperty("parameters"u8, out _):
                WriteFunction(member);
                return;
            case MemberChange.None when value.ValueKind is JsonValueKind.Array or JsonValueKind.Object:
                json.WritePropertyName(member.Name);
                WriteValue(value, changes, path);
                return;
            default:
                JsonText.Copy(member.Name, value, json);
                return;
        }
    }

    private void WriteFunction(JsonProperty member)
    {
        json.WriteStartObject(member.Name);
        foreach (var inner in member.Value.EnumerateObject())
        {
            JsonText.Copy(inner.Name, inner.Value, json);
        }

        json.WriteStartObject("parameters"u8);
        json.WriteString("type"u8, "object"u8);
        json.WriteStartObject("properties"u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteValue(JsonElement value, MemberTree changes, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    WriteValue(item, changes, path);
                }

                json.WriteEndArray();
                return;
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    WriteMember(member, changes, path);
                }

                json.WriteEndObject();
                return;
            default:
                JsonText.Copy(value, json);
                return;
        }
    }

    private void WriteMember(JsonProperty member, MemberTree changes, string path)
    {
        if (changes.Find(member.Name) is { } inner)
        {
            Write(member, inner, $"{path}.{member.Name}");
        }
        else
        {
            JsonText.Copy(member.Name, member.Value, json);
        }
    }
}
