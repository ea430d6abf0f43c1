using System.Collections.Frozen;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Responses;

/// <summary>
/// What becomes of each member of a Responses request that is translated. Its documented form is
/// <c>docs/responses.md</c>; a test compares the two. What is mapped here is then judged by the provider's own table.
/// </summary>
internal static class ResponsesFields
{
    private static readonly FrozenDictionary<string, FieldVerdict> Verdicts = new Dictionary<string, FieldVerdict>
    {
        ["model"] = FieldVerdict.Mapped,
        ["input"] = FieldVerdict.Mapped,
        ["instructions"] = FieldVerdict.Mapped,
        ["stream"] = FieldVerdict.Mapped,
        ["stream_options"] = FieldVerdict.Mapped,
        ["max_output_tokens"] = FieldVerdict.Mapped,
        ["temperature"] = FieldVerdict.Mapped,
        ["top_p"] = FieldVerdict.Mapped,
        ["tools"] = FieldVerdict.Mapped,
        ["tool_choice"] = FieldVerdict.Mapped,
        ["parallel_tool_calls"] = FieldVerdict.Mapped,
        ["text"] = FieldVerdict.Mapped,
        ["reasoning"] = FieldVerdict.Mapped,
        ["metadata"] = FieldVerdict.Mapped,
        ["user"] = FieldVerdict.Mapped,
        ["safety_identifier"] = FieldVerdict.Mapped,
        ["service_tier"] = FieldVerdict.Mapped,
        ["prompt_cache_key"] = FieldVerdict.Mapped,
        ["prompt_cache_retention"] = FieldVerdict.Mapped,
        ["include"] = FieldVerdict.Dropped,
        ["truncation"] = FieldVerdict.Dropped,
        ["max_tool_calls"] = FieldVerdict.Dropped,
        ["top_logprobs"] = FieldVerdict.Dropped,
        ["store"] = FieldVerdict.Dropped,
        ["previous_response_id"] = FieldVerdict.Refused,
        ["conversation"] = FieldVerdict.Refused,
        ["prompt"] = FieldVerdict.Refused,
        ["background"] = FieldVerdict.Refused,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The members that the table knows.</summary>
    public static IEnumerable<KeyValuePair<string, FieldVerdict>> Known => Verdicts;

    /// <summary>Refuses what needs a provider that speaks Responses itself, and finds what is left out.</summary>
    public static IReadOnlyList<string> Judge(JsonElement root, FieldReader fields)
    {
        var dropped = new List<string>();
        foreach (var member in root.EnumerateObject())
        {
            var verdict = Verdicts.GetValueOrDefault(member.Name, FieldVerdict.Dropped);
            if (verdict == FieldVerdict.Mapped || AsksForNothing(member))
            {
                continue;
            }

            if (verdict == FieldVerdict.Dropped)
            {
                dropped.Add(member.Name);
                continue;
            }

            fields.Refuse(Refusals.UnsupportedParameter(
                member.Name, $"The field '{member.Name}' needs a provider that speaks Responses itself; this model's provider does not."));
        }

        return dropped;
    }

    // Encrypted reasoning is always told where there is any.
    private static bool AsksForNothing(JsonProperty member) => member.Value.ValueKind == JsonValueKind.Null || member.Name switch
    {
        "include" => member.Value.ValueKind == JsonValueKind.Array && member.Value.EnumerateArray().All(
            static item => item.ValueKind == JsonValueKind.String && item.ValueEquals("reasoning.encrypted_content"u8)),
        "truncation" => member.Value.ValueKind == JsonValueKind.String && member.Value.ValueEquals("disabled"u8),
        "store" or "background" => member.Value.ValueKind == JsonValueKind.False,
        "top_logprobs" => member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetDouble(out var count) && count == 0,
        _ => false,
    };
}
