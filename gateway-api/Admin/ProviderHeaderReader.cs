using System.Buffers;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Secrets;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>
/// Reads the headers that are added to each request upstream. What may be a secret is sealed at once, and named by the form
/// it is shown in (<c>***abcd</c>) where it is to stay, as a provider's keys are.
/// </summary>
internal sealed class ProviderHeaderReader(KekSource keks)
{
    private const string Dropped = "stored headers were dropped: they belong to the type, the base URL and the proxy that they were stored for";

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
    /// <param name="fields">The body.</param>
    /// <param name="next">The definition without them.</param>
    /// <param name="current">What it replaces; <see langword="null"/>: nothing.</param>
    /// <param name="warning">That a stored value was dropped; <see langword="null"/>: none was.</param>
    public ImmutableArray<HeaderDefinition> Read(JsonFields fields, ProviderDefinition next, ProviderDefinition? current, out string? warning)
    {
        warning = null;
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
            else if (Take(fields, new HeaderDefinition(member.Name, member.Value.GetString()!), next, current) is { } value)
            {
                headers.Add(new(member.Name, value));
            }
            else if (!fields.HasFault($"headers.{member.Name}"))
            {
                warning = Dropped;
            }
        }

        return headers.ToImmutable();
    }

    // Null: it has a fault, or what was stored must not be sent where the definition leads now.
    private string? Take(JsonFields fields, HeaderDefinition header, ProviderDefinition next, ProviderDefinition? current)
    {
        var (name, value) = (header.Name, header.Value);
        if (SecretEnvelope.IsEnvelope(value) || value.StartsWith(DefinitionMapping.ConfigurationScheme, StringComparison.Ordinal))
        {
            return Refuse(fields, name, "It must be the value, or a reference: ${NAME} for an environment variable of the gateways, or file:/path.");
        }

        if (value.Length == 0 || SecretReference.TryParse(value, out _) || PublicHeaders.Contains(name))
        {
            return value;
        }

        var stored = StoredIn(current, name);
        if (!value.StartsWith(SecretPatterns.Mask, StringComparison.Ordinal))
        {
            return keks.TrySeal(value, ProviderKeyBinding.OfHeader(next, name), out var fault)
                ?? (stored == value ? value : Refuse(fields, name, fault!));
        }

        if (stored is null || ProviderWriter.Shown(header with { Value = stored }) != value)
        {
            return Refuse(fields, name, "It stands for a stored value, and none is shown so. Send the value itself.");
        }

        return ProviderKeyBinding.Of(current!) == ProviderKeyBinding.Of(next) ? Sealed(stored, next, name) : null;
    }

    private static string? StoredIn(ProviderDefinition? definition, string name) =>
        definition?.Headers.FirstOrDefault(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase)).Value;

    // Release 0.1 stored values as they are.
    private string Sealed(string stored, ProviderDefinition definition, string name) =>
        SecretEnvelope.IsEnvelope(stored) ? stored : keks.TrySeal(stored, ProviderKeyBinding.OfHeader(definition, name), out _) ?? stored;

    private static string? Refuse(JsonFields fields, string name, string why)
    {
        fields.Fault($"headers.{name}", why);
        return null;
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
