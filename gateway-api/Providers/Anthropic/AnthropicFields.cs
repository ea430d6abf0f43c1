using System.Collections.Frozen;
using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Providers.Anthropic;

/// <summary>What becomes of a field of an OpenAI request that is sent to Anthropic.</summary>
internal enum FieldVerdict
{
    /// <summary>Sent in Anthropic's form.</summary>
    Mapped = 0,

    /// <summary>Left out, with a warning.</summary>
    Dropped = 1,

    /// <summary>The answer would not be what was asked for: the request is refused.</summary>
    Refused = 2,
}

/// <summary>The table of top-level fields. Its documented form is <c>docs/providers/anthropic.md</c>; a test compares the two.</summary>
internal static class AnthropicFields
{
    private static readonly FrozenDictionary<string, Field> Table = new Dictionary<string, Field>
    {
        ["model"] = Field.Mapped,
        ["messages"] = Field.Mapped,
        ["max_tokens"] = Field.Mapped,
        ["max_completion_tokens"] = Field.Mapped,
        ["temperature"] = Field.Mapped,
        ["top_p"] = Field.Mapped,
        ["top_k"] = Field.Mapped,
        ["stop"] = Field.Mapped,
        ["stream"] = Field.Mapped,
        ["stream_options"] = Field.Mapped,
        ["tools"] = Field.Mapped,
        ["tool_choice"] = Field.Mapped,
        ["parallel_tool_calls"] = Field.Mapped,
        ["response_format"] = Field.Mapped,
        ["reasoning_effort"] = Field.Mapped,
        ["thinking"] = Field.Mapped,
        ["user"] = Field.Mapped,
        ["safety_identifier"] = Field.Mapped,
        ["service_tier"] = Field.Mapped,
        ["frequency_penalty"] = new(FieldVerdict.Dropped, IsZero),
        ["presence_penalty"] = new(FieldVerdict.Dropped, IsZero),
        ["logit_bias"] = new(FieldVerdict.Dropped, IsEmpty),
        ["seed"] = new(FieldVerdict.Dropped),
        ["top_logprobs"] = new(FieldVerdict.Dropped, IsZero),
        ["metadata"] = new(FieldVerdict.Dropped, IsEmpty),
        ["store"] = new(FieldVerdict.Dropped, IsFalse),
        ["prediction"] = new(FieldVerdict.Dropped),
        ["verbosity"] = new(FieldVerdict.Dropped),
        ["prompt_cache_key"] = new(FieldVerdict.Dropped),
        ["prompt_cache_retention"] = new(FieldVerdict.Dropped),
        ["n"] = new(FieldVerdict.Refused, IsOne),
        ["logprobs"] = new(FieldVerdict.Refused, IsFalse),
        ["modalities"] = new(FieldVerdict.Refused, IsTextOnly),
        ["audio"] = new(FieldVerdict.Refused),
        ["functions"] = new(FieldVerdict.Refused, IsEmpty),
        ["function_call"] = new(FieldVerdict.Refused),
        ["web_search_options"] = new(FieldVerdict.Refused),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The fields the table knows.</summary>
    public static IEnumerable<string> Known => Table.Keys;

    /// <summary>Judges every top-level field of a request: notes what is dropped, and returns why it cannot be sent, if so.</summary>
    public static Refusal? Judge(JsonElement root, TranslationNotes notes)
    {
        foreach (var property in root.EnumerateObject())
        {
            var field = Table.TryGetValue(property.Name, out var known) ? known : Field.Unknown;
            if (field.Verdict == FieldVerdict.Mapped
                || property.Value.ValueKind == JsonValueKind.Null
                || field.IsNeutral?.Invoke(property.Value) == true)
            {
                continue;
            }

            if (field.Verdict == FieldVerdict.Refused)
            {
                return Refusals.UnsupportedParameter(property.Name, $"This model's provider (Anthropic) has nothing like '{property.Name}'.");
            }

            notes.Dropped(property.Name);
        }

        return null;
    }

    private static bool IsZero(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number == 0;

    private static bool IsOne(JsonElement value) => value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number == 1;

    private static bool IsFalse(JsonElement value) => value.ValueKind == JsonValueKind.False;

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => false,
    };

    private static bool IsTextOnly(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(
            static modality => modality.ValueKind == JsonValueKind.String && modality.ValueEquals("text"u8));

    /// <param name="Verdict">What becomes of it.</param>
    /// <param name="IsNeutral">Whether a value asks for nothing, so that leaving it out changes nothing.</param>
    private sealed record Field(FieldVerdict Verdict, Func<JsonElement, bool>? IsNeutral = null)
    {
        public static readonly Field Mapped = new(FieldVerdict.Mapped);
        public static readonly Field Unknown = new(FieldVerdict.Dropped);
    }
}
