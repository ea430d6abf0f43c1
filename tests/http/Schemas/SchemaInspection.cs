using System.Text.Json;
using ProxyCluster.Tests.Http.Schemas;
using ProxyCluster.Tests.Schemas;
using ProxyCluster.Tests.Support.Upstream;

[assembly: AssemblyFixture(typeof(SchemaInspection))]

namespace ProxyCluster.Tests.Http.Schemas;

/// <summary>Holds every request that reaches a scripted upstream in these tests to its provider's published schema.</summary>
public sealed class SchemaInspection
{
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
            var faults = PublishedSchemas.Faults(type, path, request.Body);
            return faults.Count == 0 ? null : $"{request.Method} {request.Target} ({type}): {string.Join("; ", faults)} in {request.Text[..Math.Min(request.Text.Length, 2000)]}";
        }
        catch (JsonException)
        {
            return $"{request.Method} {request.Target}: no JSON";
        }
    }
}
