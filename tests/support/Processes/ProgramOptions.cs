using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Support.Processes;

/// <summary>How a program under test is started. Listeners, ports and the data directory are filled in where not given.</summary>
public sealed record ProgramOptions
{
    /// <summary>The configuration file's content.</summary>
    public JsonObject Config { get; init; } = [];

    /// <summary>After <c>--config</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>For data and configuration; <see langword="null"/>: a temporary one, deleted at the end.</summary>
    public string? Directory { get; init; }

    /// <summary>0: a free one.</summary>
    public int DataPort { get; init; }

    public bool WaitUntilReady { get; init; } = true;

    /// <summary>A provider's entry for <c>Providers</c>.</summary>
    public static JsonObject Provider(string name, string type, Uri baseUrl, params string[] models) => new()
    {
        ["Name"] = name,
        ["Type"] = type,
        ["BaseUrl"] = baseUrl.ToString(),
        ["ApiKey"] = "upstream-key-of-" + name,
        ["Models"] = new JsonArray([.. models.Select(model => JsonValue.Create(model))]),
    };
}
