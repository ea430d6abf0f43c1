using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Reads the headers that are added to each request upstream.</summary>
internal static class ProviderHeaderReader
{
    private const int Most = 32;
    private const int LongestValue = 4096;

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // What the connection, the body or the provider's key decide.
    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "authorization", "x-api-key", "api-key", "cookie", "host", "connection", "content-length", "content-type", "content-encoding",
        "transfer-encoding", "upgrade", "te", "trailer", "keep-alive", "proxy-authorization", "proxy-connection", "expect", "accept-encoding");

    /// <summary>Reads <c>headers</c>, an object of texts.</summary>
    public static ImmutableArray<HeaderDefinition> Read(JsonFields fields)
    {
        if (fields.Get("headers") is not { } element)
        {
            return [];
        }

        if (element.ValueKind != JsonValueKind.Object || element.GetPropertyCount() > Most)
        {
            fields.Fault("headers", $"It must be an object of at most {Most} headers.");
            return [];
        }

        var headers = ImmutableArray.CreateBuilder<HeaderDefinition>();
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var member in element.EnumerateObject())
        {
            if (FaultOf(member) is { } fault)
            {
                fields.Fault($"headers.{member.Name}", fault);
            }
            else if (!seen.Add(member.Name))
            {
                fields.Fault($"headers.{member.Name}", "It is named twice.");
            }
            else
            {
                headers.Add(new(member.Name, member.Value.GetString()!));
            }
        }

        return headers.ToImmutable();
    }

    private static string? FaultOf(JsonProperty member)
    {
        if (member.Name.Length is 0 or > 128 || member.Name.AsSpan().ContainsAnyExcept(TokenCharacters))
        {
            return "It is not a header's name.";
        }

        if (Reserved.Contains(member.Name))
        {
            return "The gateway sets this header itself.";
        }

        return member.Value.ValueKind == JsonValueKind.String && IsPrintable(member.Value.GetString()!)
            ? null
            : $"Its value must be a string of at most {LongestValue} printable ASCII characters.";
    }

    private static bool IsPrintable(string value) => value.Length <= LongestValue && !value.AsSpan().ContainsAnyExceptInRange(' ', '~');
}
