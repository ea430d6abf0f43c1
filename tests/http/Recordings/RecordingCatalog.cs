using System.Text.Json;

namespace ProxyCluster.Tests.Http.Recordings;

/// <summary>
/// Recordings of real providers that lie beside the checkout (<c>../shared/data/recordings</c>), which are no part of the
/// repository and may be missing, and those in <c>tests/http/Golden</c>, which were written by hand and are always there.
/// </summary>
internal static class RecordingCatalog
{
    private static readonly string[] Formats = ["openai", "anthropic", "cohere", "ollama", "gemini", "bedrock", "openai-responses"];

    private static readonly Lazy<IReadOnlyDictionary<string, Recording>> Loaded = new(Load);

    /// <summary>Where real providers' recordings are; <see langword="null"/>: they are not there.</summary>
    public static string? Recorded { get; } = Find(Path.Combine("shared", "data", "recordings"));

    private static string Golden { get; } = Find(Path.Combine("tests", "http", "Golden"))!;

    public static IReadOnlyDictionary<string, Recording> All => Loaded.Value;

    /// <summary>The names of the recordings that a theory is about.</summary>
    public static TheoryData<string> Ids(Func<Recording, bool> filter) => new(All.Values.Where(filter).Select(static recording => recording.Id));

    private static string? Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, path);
            if (File.Exists(Path.Combine(candidate, "manifest.json")))
            {
                return candidate;
            }
        }

        return null;
    }

    private static Dictionary<string, Recording> Load() =>
        (Recorded is null ? [Golden] : new[] { Golden, Recorded })
            .Append(Path.Combine(Golden, "Responses"))
            .SelectMany(Load)
            .ToDictionary(static recording => recording.Id);

    private static IEnumerable<Recording> Load(string folder)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "manifest.json")));
        return [.. manifest.RootElement.GetProperty("recordings").EnumerateArray()
            .Where(static entry => Formats.Contains(entry.GetProperty("api").GetString()))
            .Select(entry => Read(entry.Clone(), folder))];
    }

    private static Recording Read(JsonElement entry, string folder) => new(
        entry.GetProperty("id").GetString()!,
        entry.GetProperty("provider").GetString()!,
        entry.GetProperty("api").GetString()!,
        entry.GetProperty("stream").GetBoolean(),
        entry.GetProperty("status").GetInt32(),
        entry.GetProperty("model").GetString() ?? "some-model",
        entry.GetProperty("headers").EnumerateObject().ToDictionary(static header => header.Name, static header => header.Value.ToString()),
        entry.GetProperty("openai_request"),
        [.. entry.GetProperty("lossy").EnumerateArray().Select(static item => item.GetString()!)],
        entry.GetProperty("expected"),
        entry.TryGetProperty("expected_full", out var full) ? full : null,
        File.ReadAllBytes(Path.Combine(folder, entry.GetProperty("file").GetString()!)));
}
