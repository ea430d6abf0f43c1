using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>What leaves the gateway has to be this.</summary>
internal static class Sound
{
    /// <summary>JSON in UTF-8, nothing behind it. Escapes of half a surrogate pair are let through: a provider's own answer may have them.</summary>
    public static JsonElement Json(ReadOnlySpan<byte> output)
    {
        if (!Utf8.IsValid(output))
        {
            throw new InvalidDataException("The output is not UTF-8.");
        }

        try
        {
            var reader = new Utf8JsonReader(output, new JsonReaderOptions { MaxDepth = 512 });
            var json = JsonElement.ParseValue(ref reader);
            _ = reader.Read(); // throws where anything but white space follows
            return json;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"The output is not JSON: {Encoding.UTF8.GetString(output)}", exception);
        }
    }
}
