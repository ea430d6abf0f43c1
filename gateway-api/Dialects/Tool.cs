using System.Text.Json;

namespace ProxyCluster.GatewayApi.Dialects;

/// <summary>A function that the model may call.</summary>
/// <param name="Name">Not empty.</param>
/// <param name="Path">Where it stands in the client's request, for refusals.</param>
internal sealed record Tool(string Name, string Path)
{
    /// <summary>What it is for; <see langword="null"/>: not said.</summary>
    public string? Description { get; init; }

    /// <summary>A JSON schema, an object; undefined: it takes no arguments.</summary>
    public JsonElement Parameters { get; init; }

    /// <summary>Arguments must follow the schema exactly.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Anthropic's mark for what is worth caching; undefined: none.</summary>
    public JsonElement CacheControl { get; init; }
}

/// <summary>Whether the model may, must or must not call a function.</summary>
/// <param name="Kind">Which of these.</param>
/// <param name="Name">With <see cref="ToolChoiceKind.Named"/>: the function.</param>
internal sealed record ToolChoice(ToolChoiceKind Kind, string? Name = null)
{
    /// <summary>Not said.</summary>
    public static readonly ToolChoice Default = new(ToolChoiceKind.Default);

    /// <summary>Whether a call is forced.</summary>
    public bool ForcesCall => Kind is ToolChoiceKind.Required or ToolChoiceKind.Named;
}

/// <summary>How a model is to choose.</summary>
internal enum ToolChoiceKind
{
    /// <summary>The client did not say.</summary>
    Default = 0,

    Auto = 1,

    None = 2,

    Required = 3,

    /// <summary>That one function.</summary>
    Named = 4,
}

/// <summary>The form of an answer's text.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Schema">With <see cref="AnswerFormatKind.JsonSchema"/>: the schema, an object.</param>
/// <param name="Name">The schema's name; <see langword="null"/>: none.</param>
/// <param name="IsStrict">The answer must follow the schema exactly.</param>
internal sealed record AnswerFormat(AnswerFormatKind Kind, JsonElement Schema = default, string? Name = null, bool IsStrict = false)
{
    public static readonly AnswerFormat Text = new(AnswerFormatKind.Text);
}

/// <summary>Kinds of answers.</summary>
internal enum AnswerFormatKind
{
    Text = 0,

    /// <summary>Any JSON object.</summary>
    JsonObject = 1,

    /// <summary>JSON of a schema.</summary>
    JsonSchema = 2,
}

/// <summary>How much a model is to think before it answers.</summary>
/// <param name="Effort"><c>none</c>, <c>minimal</c>, <c>low</c>, <c>medium</c>, <c>high</c>, <c>xhigh</c>; <see langword="null"/>: not said.</param>
/// <param name="BudgetTokens">A bound in tokens; 0: not said.</param>
internal sealed record ReasoningWish(string? Effort, int BudgetTokens)
{
    /// <summary>Not said.</summary>
    public static readonly ReasoningWish None = new(null, 0);

    /// <summary>Whether anything was said.</summary>
    public bool IsSet => Effort is not null || BudgetTokens > 0;
}
