using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>What clients ask and what providers answer: the same for every pair.</summary>
internal static partial class Script
{
    public const string Instructions = "Be brief. 🦊";

    /// <summary>The answer's limit where a client sets one: more than any answer has, but for the simulator's.</summary>
    public const int MaxTokens = 20;

    public const string ImageType = "image/png";

    /// <summary>A PNG of one pixel.</summary>
    public const string Image = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

    /// <summary>What the provider says where it refuses.</summary>
    public const string Complaint = "The word 'temperature' is not welcome.";

    public const int RetryAfterSeconds = 7;

    public static readonly IReadOnlyList<ScriptedTool> Tools =
    [
        new("weather", "Tells the weather", """{"type":"object","properties":{"city":{"type":"string"},"unit":{"type":"string"}},"required":["city"]}"""),
        new("time", "Tells the time 🕛", """{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""),
    ];

    /// <summary>What the tools give back, in the order of the calls.</summary>
    public static readonly IReadOnlyList<string> Results = ["18 °C, sunny ☀", "12:00"];

    public static JsonNode Schema => JsonNode.Parse("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""")!;

    /// <summary>What the user asks; the provider knows by it what to answer.</summary>
    public static string Question(Feature feature) => $"[[{feature}]] Grüße aus 東京 👋🏽, \"quoted\" \\ and\nbroken 𝔘";

    /// <summary>Which of the questions stands in a body; <see langword="null"/>: none, such as where only health is checked.</summary>
    public static Feature? FeatureIn(string body) => Marker().Match(body) is { Success: true } match ? Enum.Parse<Feature>(match.Groups[1].Value) : null;

    /// <summary>What the provider answers.</summary>
    /// <param name="feature">What was asked for.</param>
    /// <param name="hasResults">Whether the tools' results were in the question.</param>
    public static Reply ReplyTo(Feature feature, bool hasResults) => feature switch
    {
        Feature.Tools when hasResults => new Reply("It is 18 °C ☀ in Zürich, and 12:00 in Paris."),
        Feature.Tools => new Reply("Let me look. 🔎")
        {
            Calls = [new("weather", """{"city":"Zürich 👋","unit":"°C"}"""), new("time", """{"city":"Paris"}""")],
            End = ReplyEnd.ToolCalls,
        },
        Feature.ThoughtsBack when !hasResults => ReplyTo(Feature.Tools, hasResults) with { Reasoning = "I need both. 🤝" },
        Feature.Schema => new Reply("""{"city":"Zürich"}"""),
        Feature.Reasoning => new Reply("Four.") { Reasoning = "Hm 🤔: two and two…" },
        Feature.Length => new Reply("It was the best of ti") { End = ReplyEnd.Length },
        Feature.Filter => new Reply("I can tell you th") { End = ReplyEnd.Filter },
        Feature.Cut => new Reply(string.Join(' ', Enumerable.Range(1, 60).Select(static number => $"word{number}"))),
        _ => new Reply("Hallo 👋🏽 aus Zürich, 東京: \"so\" \\ and\nbroken 𝔘."),
    };

    /// <summary>The lines that a provider must have been told.</summary>
    /// <param name="feature">What was asked for.</param>
    /// <param name="callIds">The ids of the calls whose results were in the question; empty: there were none.</param>
    public static IReadOnlyList<string> LinesOf(Feature feature, IReadOnlyList<string> callIds)
    {
        var asked = new Asked();
        asked.Instruct(feature == Feature.Completion ? null : Instructions);
        if (feature is Feature.Tools or Feature.ThoughtsBack)
        {
            foreach (var tool in Tools)
            {
                asked.Tool(tool.Name, tool.Description, JsonNode.Parse(tool.Schema));
            }
        }

        if (feature == Feature.Schema)
        {
            asked.Schema(Schema);
        }

        asked.User(Question(feature));
        if (feature == Feature.Image)
        {
            asked.Image(ImageType, Image);
        }

        if (callIds.Count > 0)
        {
            var earlier = ReplyTo(feature, hasResults: false);
            asked.Assistant(earlier.Text);
            for (var i = 0; i < callIds.Count; i++)
            {
                asked.Call(callIds[i], earlier.Calls[i].Name, JsonNode.Parse(earlier.Calls[i].Arguments));
            }

            for (var i = 0; i < callIds.Count; i++)
            {
                asked.Result(callIds[i], Results[i]);
            }
        }

        return asked.Lines;
    }

    [GeneratedRegex(@"\[\[(\w+)\]\]")]
    private static partial Regex Marker();
}

/// <summary>A function that clients offer.</summary>
internal sealed record ScriptedTool(string Name, string Description, string Schema);

/// <summary>What a provider answers, in the form of none.</summary>
internal sealed record Reply(string Text)
{
    public string Reasoning { get; init; } = "";

    public IReadOnlyList<ReplyCall> Calls { get; init; } = [];

    public ReplyEnd End { get; init; }
}

/// <summary>A call of a function; its id is the provider's own.</summary>
internal sealed record ReplyCall(string Name, string Arguments);

/// <summary>Why a reply ends.</summary>
internal enum ReplyEnd
{
    Stop = 0,
    Length = 1,
    ToolCalls = 2,
    Filter = 3,
}
