using System.Globalization;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Secrets;

namespace ProxyCluster.GatewayApi.Configuration;

/// <summary>
/// Finds secrets in the environment, in files, in this process's own configuration, and in envelopes. Nothing is kept: a
/// rotated file is read anew.
/// </summary>
internal sealed class SecretResolver(IOptionsMonitor<ProxyClusterOptions> options, KekSource keks) : ISecretResolver
{
    private const string ConfigurationScheme = "config:";

    public bool TryResolve(string reference, out Secret? secret, out string? fault)
    {
        if (reference.StartsWith(ConfigurationScheme, StringComparison.Ordinal))
        {
            return Found(OfProvider(reference[ConfigurationScheme.Length..]), "This process's configuration has no key for that provider.", out secret, out fault);
        }

        if (!SecretReference.TryParse(reference, out var parsed))
        {
            return Found(null, "It is neither ${NAME} nor file:/path.", out secret, out fault);
        }

        return parsed.TryRead(out var value, out var why)
            ? Found(value, "", out secret, out fault)
            : Found(null, why, out secret, out fault);
    }

    public bool TryResolve(string reference, SecretBinding binding, out Secret? secret, out string? fault)
    {
        if (!SecretEnvelope.IsEnvelope(reference))
        {
            return TryResolve(reference, out secret, out fault);
        }

        if (keks.Ring is not { } ring)
        {
            return Found(null, keks.Fault!, out secret, out fault);
        }

        return SecretEnvelope.TryOpen(reference, binding, ring, out var value, out var why)
            ? Found(value, "", out secret, out fault)
            : Found(null, why, out secret, out fault);
    }

    private static bool Found(string? value, string why, out Secret? secret, out string? fault)
    {
        KnownSecrets.OfProcess.Add(value);
        secret = value is null ? null : new Secret(value);
        fault = value is null ? why : null;
        return value is not null;
    }

    // A provider's name, or with '#' and a number one of its further keys.
    private string? OfProvider(string place)
    {
        var mark = place.IndexOf('#', StringComparison.Ordinal);
        var name = mark < 0 ? place : place[..mark];
        if (options.CurrentValue.Providers.FirstOrDefault(provider => string.Equals(provider.Name, name, StringComparison.Ordinal)) is not { } found)
        {
            return null;
        }

        var key = mark < 0 ? found.ApiKey
            : int.TryParse(place.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? found.ApiKeys.ElementAtOrDefault(number)
            : null;
        return string.IsNullOrEmpty(key) ? null : key;
    }
}
