using System.Text.Json;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.GatewayApi.Providers.OpenAi;

/// <summary>A field of Chat Completions that a server does not take as OpenAI does.</summary>
/// <param name="Field">The field's name at the top of a request.</param>
/// <param name="Verdict">What becomes of it.</param>
internal sealed record FieldQuirk(string Field, QuirkVerdict Verdict)
{
    /// <summary>With <see cref="QuirkVerdict.Renamed"/>: what the server calls it.</summary>
    public string? SentAs { get; init; }

    /// <summary>Which of its values are concerned.</summary>
    public QuirkCase Case { get; init; }

    /// <summary>The words that the server takes here, so that others alone are concerned; empty: none in particular.</summary>
    public IReadOnlyList<string> Taken { get; init; } = [];

    /// <summary>Which models are concerned: names, and beginnings of names with a <c>*</c> at their end; empty: all.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    public bool Concerns(string model) =>
        Models.Count == 0 || Models.Any(pattern => pattern.EndsWith('*')
            ? model.StartsWith(pattern[..^1], StringComparison.Ordinal)
            : model == pattern);

    public bool Concerns(JsonElement value) => Case switch
    {
        QuirkCase.True => value.ValueKind == JsonValueKind.True,
        QuirkCase.RequiredCall => value.ValueKind == JsonValueKind.String && value.ValueEquals("required"u8),
        QuirkCase.ForcedCall => value.ValueKind == JsonValueKind.Object || (value.ValueKind == JsonValueKind.String && value.ValueEquals("required"u8)),
        QuirkCase.AnyJson => value.GetText("type") == "json_object",
        QuirkCase.Schema => value.GetText("type") == "json_schema",
        _ => value.ValueKind != JsonValueKind.String || !Taken.Contains(value.GetString()!),
    };
}

/// <summary>What becomes of a field. Whatever asks for nothing (<c>n: 1</c>, <c>logprobs: false</c>) is left out without a word.</summary>
internal enum QuirkVerdict
{
    /// <summary>Sent under the server's own name, with a warning.</summary>
    Renamed = 0,

    /// <summary>Left out, with a warning: the server refuses or ignores it.</summary>
    Dropped = 1,

    /// <summary>Without it the answer would not be what was asked for: this provider is not asked.</summary>
    Refused = 2,
}

/// <summary>Values of a field.</summary>
internal enum QuirkCase
{
    Any = 0,

    /// <summary><c>true</c>, and not what the server itself makes of the field.</summary>
    True = 1,

    /// <summary>A <c>tool_choice</c> of <c>required</c>.</summary>
    RequiredCall = 2,

    /// <summary>A <c>tool_choice</c> of <c>required</c>, or of one function.</summary>
    ForcedCall = 3,

    /// <summary>A <c>response_format</c> of any JSON object.</summary>
    AnyJson = 4,

    /// <summary>A <c>response_format</c> of a schema.</summary>
    Schema = 5,
}
