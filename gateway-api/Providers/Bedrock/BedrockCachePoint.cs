using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>
/// Marks what is worth caching: Anthropic puts the mark on the last block of it, Converse puts one of its own behind.
/// </summary>
internal static class BedrockCachePoint
{
    /// <summary>Writes the mark behind a block that has one, if the model takes it there.</summary>
    public static void Write(JsonElement cacheControl, BedrockCachePlace place, BedrockWriting writing)
    {
        var (_, model, json, notes) = writing;
        if (cacheControl.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        if (!(place == BedrockCachePlace.Tools ? model.TakesEveryCachePoint : model.TakesCachePoints))
        {
            notes.Dropped("cache_control");
            return;
        }

        json.WriteStartObject();
        json.WriteStartObject("cachePoint"u8);
        json.WriteString("type"u8, "default"u8);

        // Five minutes are the default.
        if (cacheControl.GetText("ttl") == "1h" && model.TakesEveryCachePoint)
        {
            json.WriteString("ttl"u8, "1h"u8);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}

/// <summary>Where a mark stands.</summary>
internal enum BedrockCachePlace
{
    /// <summary>In a message or in the system prompt.</summary>
    Content = 0,

    Tools = 1,
}
