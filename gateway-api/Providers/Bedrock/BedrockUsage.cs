using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.Bedrock;

/// <summary>Reads Converse's <c>usage</c>, whose buckets are disjoint; tokens of reasoning are not told apart.</summary>
internal static class BedrockUsage
{
    /// <param name="reader">At the object's start; left at its end.</param>
    public static TokenUsage Read(ref Utf8JsonReader reader)
    {
        long input = 0, cacheRead = 0, cacheWrite = 0, output = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("inputTokens"u8))
            {
                input = JsonText.ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("outputTokens"u8))
            {
                output = JsonText.ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("cacheReadInputTokens"u8))
            {
                cacheRead = JsonText.ReadCount(ref reader);
            }
            else if (reader.ValueTextEquals("cacheWriteInputTokens"u8))
            {
                cacheWrite = JsonText.ReadCount(ref reader);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        return new TokenUsage(input, cacheRead, cacheWrite, output, 0);
    }
}
