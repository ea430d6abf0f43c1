using System.Text.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Schemas;
using ProxyCluster.Tests.Schemas;
using ProxyCluster.Tests.Support.Upstream;

[assembly: AssemblyFixture(typeof(SchemaInspection))]

namespace ProxyCluster.Tests.Http.Schemas;

/// <summary>Holds every request that reaches a scripted upstream in these tests to its provider's published schema.</summary>
public sealed class SchemaInspection
{
    private const int LongestText = 2000;

    // What OpenAI's own client for Node leaves in the items that it sends back.
    private const string OfNodeClient = "/parsed_arguments:";

    // What tests send as a field that nobody knows.
    private const string UnknownPrefix = "x_";

    public SchemaInspection() => ScriptedUpstream.Inspector = Inspect;

    internal static string? Inspect(RecordedRequest request)
    {
        var path = request.Target.Split('?')[0];
        if (PublishedSchemas.TypeByPath(path) is not { } type)
        {
            return null;
        }

        try
        {
            if (JsonNode.Parse(request.Body) is not JsonObject body)
            {
                return $"{request.Target}: no object";
            }

            foreach (var name in body.Select(static member => member.Key).Where(static name => name.StartsWith(UnknownPrefix, StringComparison.Ordinal)).ToList())
            {
                body.Remove(name);
            }

            var faults = PublishedSchemas.Faults(type == "openai" ? PresetOf(body, path) ?? type : type, path, JsonSerializer.SerializeToUtf8Bytes(body))
                .Where(static fault => !fault.Contains(OfNodeClient, StringComparison.Ordinal))
                .ToList();
            return faults.Count == 0 ? null : $"{request.Target} ({type}): {string.Join("; ", faults)} in {request.Text[..Math.Min(request.Text.Length, LongestText)]}";
        }
        catch (JsonException)
        {
            return $"{request.Target}: no JSON";
        }
    }

    // Models of presets are named after them: mistral-small, and recordings by their ids, groq-016.
    private static string? PresetOf(JsonObject body, string path) =>
        ((string?)body["model"])?.Split('-')[0] is { } name && PublishedSchemas.IsPublished(name) && PublishedSchemas.Of(name).Match(path) is not null ? name : null;
}
