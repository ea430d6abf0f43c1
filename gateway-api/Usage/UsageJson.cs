using System.Text.Json;
using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Usage;

namespace ProxyCluster.GatewayApi.Usage;

/// <summary>Writes sums of usage.</summary>
internal static class UsageJson
{
    /// <summary>Writes the members of a sum, into an object that is open.</summary>
    public static void WriteTotals(Utf8JsonWriter json, in UsageTotals totals)
    {
        json.WriteNumber("requests"u8, totals.Requests);
        json.WriteNumber("prompt_tokens"u8, totals.Tokens.Prompt);
        json.WriteNumber("completion_tokens"u8, totals.Tokens.Completion);
        json.WriteNumber("total_tokens"u8, totals.Tokens.Prompt + totals.Tokens.Completion);
        json.WriteNumber("cached_tokens"u8, totals.Tokens.CacheRead);
        json.WriteNumber("reasoning_tokens"u8, totals.Tokens.Reasoning);
        json.WriteNumber("cost_usd"u8, Money.ToDollars(totals.NanoDollars));
    }

    /// <summary>Writes a sum with its name.</summary>
    public static void WriteGroup(Utf8JsonWriter json, UsageGroup group)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, group.Name);
        WriteTotals(json, group.Totals);
        json.WriteEndObject();
    }
}
