using System.Globalization;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Versions of entities as strong ETags, and the preconditions of changes.</summary>
internal static class EntityVersion
{
    /// <summary>The ETag of a version.</summary>
    public static string TagOf(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    /// <summary>Whether the caller has seen the version in force.</summary>
    /// <returns>Why not; <see langword="null"/>: the change may go on.</returns>
    public static Problem? Check(HttpRequest request, long version)
    {
        var header = request.Headers.IfMatch;
        if (header.Count == 0)
        {
            return Problem.VersionMissing();
        }

        var tag = TagOf(version);
        foreach (var line in header)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var candidate = line.AsSpan(range).Trim();
                if (candidate is "*" || candidate.SequenceEqual(tag))
                {
                    return null;
                }
            }
        }

        return Problem.VersionMoved();
    }
}
