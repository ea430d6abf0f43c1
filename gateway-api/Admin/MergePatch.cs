using System.Buffers;
using System.Text.Json;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>JSON merge patch (RFC 7396).</summary>
internal static class MergePatch
{
    /// <summary>The document with the patch applied.</summary>
    public static ReadOnlyMemory<byte> Apply(JsonElement document, JsonElement patch)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            Write(json, document, patch);
        }

        return output.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, JsonElement target, JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            patch.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        if (target.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in target.EnumerateObject())
            {
                if (!patch.TryGetProperty(member.Name, out _))
                {
                    member.WriteTo(json);
                }
            }
        }

        foreach (var member in patch.EnumerateObject())
        {
            if (member.Value.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            json.WritePropertyName(member.Name);
            var current = target.ValueKind == JsonValueKind.Object && target.TryGetProperty(member.Name, out var old) ? old : default;
            Write(json, current, member.Value);
        }

        json.WriteEndObject();
    }
}
