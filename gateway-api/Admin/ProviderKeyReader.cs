using System.Collections.Immutable;
using System.Text.Json;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Secrets;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>
/// Reads a provider's keys: a reference is kept as it is, a key itself is sealed at once. What is stored already is named
/// by the form it is shown in (<c>***abcd</c>), and belongs to the type, the base URL and the proxy it was stored for.
/// </summary>
internal sealed class ProviderKeyReader(KekSource keks)
{
    private const string Key = "apiKey";
    private const string Keys = "apiKeys";
    private const string Mask = "***";
    private const int MostKeys = 64;
    private const int LongestKey = 4096;
    private const string Dropped = "the stored key was dropped: it belongs to the type, the base URL and the proxy that it was stored for";

    /// <summary>Reads the keys.</summary>
    /// <param name="fields">The body.</param>
    /// <param name="next">The definition without keys.</param>
    /// <param name="current">What it replaces; <see langword="null"/>: nothing.</param>
    /// <param name="absent">What becomes of keys that the body does not name.</param>
    /// <param name="warning">That a stored key was dropped; <see langword="null"/>: none was.</param>
    /// <returns>The definition with keys, as far as they have no fault.</returns>
    public ProviderDefinition Read(JsonFields fields, ProviderDefinition next, ProviderDefinition? current, AbsentKey absent, out string? warning)
    {
        var binding = ProviderKeyBinding.Of(next);
        var stored = new StoredKeys(current, binding);
        var read = next with
        {
            ApiKey = IsKept(fields, Key, absent) ? stored.Keep(current?.ApiKey) : ReadKey(fields, binding, stored),
            ApiKeys = IsKept(fields, Keys, absent)
                ? [.. (current?.ApiKeys ?? []).Select(stored.Keep).OfType<string>()]
                : ReadKeys(fields, binding, stored),
        };
        warning = stored.HaveDropped ? Dropped : null;
        return read;
    }

    private static bool IsKept(JsonFields fields, string name, AbsentKey absent) =>
        !fields.IsNull(name) && fields.Get(name) is null && absent == AbsentKey.Kept;

    private string? ReadKey(JsonFields fields, SecretBinding binding, StoredKeys stored) =>
        fields.Text(Key, LongestKey) is { } text ? Take(fields, Key, text, binding, stored) : null;

    private ImmutableArray<string> ReadKeys(JsonFields fields, SecretBinding binding, StoredKeys stored)
    {
        var keys = ImmutableArray.CreateBuilder<string>();
        foreach (var item in fields.Items(Keys, MostKeys))
        {
            if (item.ValueKind != JsonValueKind.String || item.GetString() is not { Length: > 0 and <= LongestKey } text)
            {
                fields.Fault(Keys, $"Each must be a string of 1 to {LongestKey} characters.");
                break;
            }

            if (Take(fields, Keys, text, binding, stored) is { } key)
            {
                keys.Add(key);
            }
        }

        return keys.ToImmutable();
    }

    private string? Take(JsonFields fields, string name, string text, SecretBinding binding, StoredKeys stored)
    {
        if (SecretReference.TryParse(text, out _))
        {
            return text;
        }

        if (text.StartsWith(Mask, StringComparison.Ordinal))
        {
            return stored.IsShown(text, out var key)
                ? stored.Keep(key)
                : Refuse(fields, name, "It stands for a stored key, and none is shown so. Send the key itself, or leave the member out to keep what is stored.");
        }

        if (SecretEnvelope.IsEnvelope(text) || text.StartsWith("config:", StringComparison.Ordinal) || text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return Refuse(fields, name, "It must be a key of printable ASCII, or a reference: ${NAME} for an environment variable of the gateways, or file:/path.");
        }

        return keks.TrySeal(text, binding, out var fault) ?? Refuse(fields, name, fault!);
    }

    private static string? Refuse(JsonFields fields, string name, string why)
    {
        fields.Fault(name, why);
        return null;
    }

    /// <summary>The keys of the definition that is replaced.</summary>
    private sealed class StoredKeys(ProviderDefinition? current, SecretBinding binding)
    {
        private readonly bool _stayHere = current is not null && ProviderKeyBinding.Of(current) == binding;
        private readonly List<string> _left = [.. KeysOf(current).OfType<string>().Where(SecretEnvelope.IsEnvelope)];

        private static IEnumerable<string?> KeysOf(ProviderDefinition? definition) => definition is null ? [] : [definition.ApiKey, .. definition.ApiKeys];

        public bool HaveDropped { get; private set; }

        /// <summary>A key of the definition before, where it may be one of the next: a reference always may.</summary>
        public string? Keep(string? key)
        {
            if (key is null || _stayHere || !SecretEnvelope.IsEnvelope(key))
            {
                return key;
            }

            HaveDropped = true;
            return null;
        }

        /// <summary>Finds the stored key that a text stands for. Of several that are shown alike each is found once.</summary>
        public bool IsShown(string text, out string? key)
        {
            key = _left.FirstOrDefault(stored => ProviderWriter.Shown(stored) == text);
            return key is not null && _left.Remove(key);
        }
    }
}
