using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.Tests.Fuzz.Clients;

/// <summary>What leaves the gateway has to be this.</summary>
internal static class Sound
{
    /// <summary>Counts that can be added up and paid for; <see langword="null"/>: not told.</summary>
    public static void Usage(TokenUsage? usage)
    {
        if (usage is { } told && (told.UncachedInput < 0 || told.CacheRead < 0 || told.CacheWrite < 0 || told.Output < 0 || told.Reasoning < 0 || told.Prompt + told.Completion < 0))
        {
            throw new InvalidDataException($"These cannot be counts of tokens: {told}");
        }
    }

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
