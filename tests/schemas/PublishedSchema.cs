using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;

namespace ProxyCluster.Tests.Schemas;

/// <summary>
/// The requests of one provider as it publishes them: the files in <c>published</c>, which <c>eng/schemas</c> derives from
/// the provider's own package. What a schema does not have must not be sent.
/// </summary>
internal sealed partial class PublishedSchema
{
    private const int MostFaults = 8;

    private static readonly EvaluationOptions Everything = new() { OutputFormat = OutputFormat.Hierarchical };

    private readonly Dictionary<string, JsonSchema> _byPath = new(StringComparer.Ordinal);
    private readonly JsonObject _source;
    private readonly JsonObject _requests;

    private PublishedSchema(JsonObject file)
    {
        _source = file["source"]!.AsObject();
        _requests = file["requests"]!.AsObject();
        foreach (var (path, request) in _requests)
        {
            var schema = request!.DeepClone().AsObject();
            schema["$defs"] = file["$defs"]!.DeepClone();
            _byPath.Add(path, JsonSchema.FromText(schema.ToJsonString()));
        }
    }

    /// <summary>The ends of the paths that requests go to.</summary>
    public IEnumerable<string> Paths => _byPath.Keys;

    /// <summary>Reads a provider's file; <see langword="null"/>: there is none.</summary>
    /// <param name="provider">The file's name without <c>.json</c>.</param>
    public static PublishedSchema? Read(string provider)
    {
        using var stream = typeof(PublishedSchema).Assembly.GetManifestResourceStream($"published/{provider}.json");
        return stream is null ? null : new PublishedSchema(JsonNode.Parse(stream)!.AsObject());
    }

    /// <summary>What requests to a path may have at their top.</summary>
    public IReadOnlyCollection<string> MembersAt(string path) => [.. _requests[path]!["properties"]!.AsObject().Select(static member => member.Key)];

    /// <summary>A list of words that the provider publishes beside its requests.</summary>
    public IReadOnlyList<string> Words(string name) => [.. _source[name]!.AsArray().Select(static word => (string)word!)];

    /// <summary>The path's end that a schema is for; <see langword="null"/>: none is.</summary>
    /// <param name="path">A request's path, without a query.</param>
    public string? Match(string path) => Paths.Where(end => path.EndsWith(end, StringComparison.Ordinal)).MaxBy(static end => end.Length);

    /// <summary>What of a request does not fit; empty: all fits. Of a union only the branch that was meant is told of.</summary>
    /// <param name="end">One of <see cref="Paths"/>.</param>
    /// <param name="body">The request.</param>
    public IReadOnlyList<string> Faults(string end, JsonElement body) =>
        [.. Explain(_byPath[end].Evaluate(body, Everything)).Select(static fault => fault.ToString()).Distinct().Take(MostFaults)];

    private static List<Fault> Explain(EvaluationResults result)
    {
        if (result.IsValid)
        {
            return [];
        }

        var faults = (result.Errors ?? new Dictionary<string, string>()).Select(error => new Fault(result.InstanceLocation.ToString(), error.Key, error.Value)).ToList();
        var inner = (result.Details ?? []).Where(static detail => !detail.IsValid).ToLookup(static detail => Branch().IsMatch(detail.EvaluationPath.ToString()));
        faults.AddRange(inner[false].SelectMany(Explain));
        faults.AddRange(inner[true].Select(Explain).OrderBy(branch => Misses(result, branch)).ThenBy(static branch => branch.Count).FirstOrDefault() ?? []);
        return faults;
    }

    // The branch that was meant has the right kind of value, and the right words in its members.
    private static int Misses(EvaluationResults union, List<Fault> branch)
    {
        var root = union.InstanceLocation.ToString();
        return branch.Count(fault => fault.Keyword is "type" or "const" or "enum" && fault.Place.AsSpan(root.Length).Count('/') <= 1);
    }

    [GeneratedRegex(@"/(anyOf|oneOf)/\d+\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Branch();

    private sealed record Fault(string Place, string Keyword, string Text)
    {
        public override string ToString() => $"{Place}: {Text}";
    }
}
