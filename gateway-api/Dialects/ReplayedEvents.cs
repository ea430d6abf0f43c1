using System.Buffers;
using System.Text;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>Reads a whole answer and writes the events of the stream that it is replayed as.</summary>
internal static class ReplayedEvents
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 128 };

    /// <summary>The answer's JSON; the caller disposes of it.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static JsonDocument Parse(ReadOnlySpan<byte> answer)
    {
        var reader = new Utf8JsonReader(answer, Options);
        return JsonDocument.ParseValue(ref reader);
    }

    /// <summary>Writes one event.</summary>
    /// <param name="output">Takes it.</param>
    /// <param name="name">Its name; <see langword="null"/>: none.</param>
    /// <param name="write">Writes the members of its data.</param>
    public static void Write(IBufferWriter<byte> output, string? name, Action<Utf8JsonWriter> write)
    {
        if (name is not null)
        {
            output.Write("event: "u8);
            output.Write(Encoding.ASCII.GetBytes(name));
            output.Write("\n"u8);
        }

        output.Write("data: "u8);
        using (var json = new Utf8JsonWriter(output, JsonText.WriterOptions))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }

    /// <summary>Copies an object's members.</summary>
    /// <param name="json">Takes them.</param>
    /// <param name="parent">The object.</param>
    /// <param name="without">Names that are left out.</param>
    public static void WriteMembers(Utf8JsonWriter json, JsonElement parent, params ReadOnlySpan<string> without)
    {
        foreach (var member in parent.EnumerateObject())
        {
            if (!without.Contains(member.Name))
            {
                member.WriteTo(json);
            }
        }
    }

    /// <summary>Writes a member that holds an object.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="name">Its name.</param>
    /// <param name="value">What it holds.</param>
    public static void WriteMember(this Utf8JsonWriter json, string name, JsonElement value)
    {
        json.WritePropertyName(name);
        value.WriteTo(json);
    }
}
