using System.Collections.Frozen;
using System.Text.Json;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>
/// What a provider's translation does with each top-level field of a request. Its documented form is the provider's page
/// in <c>docs/providers</c>; a test compares the two.
/// </summary>
internal sealed class FieldTable
{
    private readonly FrozenDictionary<string, FieldVerdict> _verdicts;
    private readonly string _provider;

    /// <param name="provider">The provider's name, for refusals.</param>
    /// <param name="mapped">Sent in the provider's form.</param>
    /// <param name="dropped">Left out, with a warning: so is every field that no list has.</param>
    /// <param name="refused">Without these the answer would not be what was asked for.</param>
    public FieldTable(string provider, IEnumerable<string> mapped, IEnumerable<string> dropped, IEnumerable<string> refused)
    {
        _provider = provider;
        var verdicts = new Dictionary<string, FieldVerdict>(StringComparer.Ordinal);
        Add(mapped, FieldVerdict.Mapped);
        Add(dropped, FieldVerdict.Dropped);
        Add(refused, FieldVerdict.Refused);
        _verdicts = verdicts.ToFrozenDictionary(StringComparer.Ordinal);

        void Add(IEnumerable<string> names, FieldVerdict verdict)
        {
            foreach (var name in names)
            {
                verdicts.Add(name, verdict);
            }
        }
    }

    /// <summary>The fields that the table knows.</summary>
    public IEnumerable<KeyValuePair<string, FieldVerdict>> Known => _verdicts;

    /// <summary>Judges every field of a conversation: notes what is dropped, and returns why it cannot be sent, if so.</summary>
    public Refusal? Judge(Conversation conversation, TranslationNotes notes)
    {
        foreach (var (name, value) in conversation.Fields)
        {
            var verdict = _verdicts.GetValueOrDefault(name, FieldVerdict.Dropped);
            if (verdict == FieldVerdict.Mapped || AsksForNothing(name, value))
            {
                continue;
            }

            if (verdict == FieldVerdict.Refused)
            {
                return Refusals.UnsupportedParameter(name, $"This model's provider ({_provider}) has nothing like '{name}'.");
            }

            notes.Dropped(name);
        }

        foreach (var name in conversation.Dropped)
        {
            notes.Dropped(name);
        }

        return null;
    }

    /// <summary>Whether a client that sends this wants the usual, so that leaving it out changes nothing.</summary>
    public static bool AsksForNothing(string name, JsonElement value) => name switch
    {
        "frequency_penalty" or "presence_penalty" or "top_logprobs" => IsNumber(value, 0),
        "n" or "best_of" => IsNumber(value, 1),
        "parallel_tool_calls" => value.ValueKind == JsonValueKind.True,
        "logprobs" or "store" or "echo" or "background" => value.ValueKind == JsonValueKind.False,
        "logit_bias" or "metadata" or "functions" or "include" => IsEmpty(value),
        "modalities" => IsTextOnly(value),
        _ => value.ValueKind == JsonValueKind.Null,
    };

    private static bool IsNumber(JsonElement value, double number) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var given) && given == number;

    private static bool IsEmpty(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => false,
    };

    private static bool IsTextOnly(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(
            static modality => modality.ValueKind == JsonValueKind.String && modality.ValueEquals("text"u8));
}

/// <summary>What becomes of a field that is translated.</summary>
internal enum FieldVerdict
{
    /// <summary>Sent in the provider's form.</summary>
    Mapped = 0,

    /// <summary>Left out, with a warning.</summary>
    Dropped = 1,

    /// <summary>The answer would not be what was asked for: the request is refused.</summary>
    Refused = 2,
}
