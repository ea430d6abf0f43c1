using System.Text;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Audit;

/// <summary>Finds the secret that audit records are sealed with: <c>Audit:Key</c>, else the pepper, else none.</summary>
internal static class AuditKeySource
{
    /// <summary>The keys of this process's configuration.</summary>
    /// <exception cref="PepperException">A secret is configured and cannot be used, in one sentence that says the cure.</exception>
    public static AuditKeys Read(ProxyClusterOptions options, ISecretResolver secrets, PepperSource pepper)
    {
        var earlier = options.Audit.EarlierKeys.Select((reference, i) => Resolve(secrets, $"Audit:EarlierKeys[{i}]", reference)).ToList();
        if (options.Audit.Key is { Length: > 0 } key)
        {
            return new(Resolve(secrets, "Audit:Key", key), earlier);
        }

        // A cluster that asks for no keys needs no pepper, and may have none.
        if (options.Cluster.Redis is not null && string.IsNullOrEmpty(options.Auth.Pepper))
        {
            return new([], earlier);
        }

        if (pepper.Previous is { } previous)
        {
            earlier.Add(previous.Value.ToArray());
        }

        return new(pepper.Value, earlier);
    }

    /// <summary>Registers the keys for the grains of this process, which are read before anything else of it starts.</summary>
    public static IServiceCollection AddAuditKeys(this IServiceCollection services) => services
        .AddSingleton(provider => Read(
            provider.GetRequiredService<IOptionsMonitor<ProxyClusterOptions>>().CurrentValue,
            provider.GetRequiredService<ISecretResolver>(),
            provider.GetService<PepperSource>() ?? ActivatorUtilities.CreateInstance<PepperSource>(provider)))
        .AddHostedService<AuditKeyCheck>();

    private static byte[] Resolve(ISecretResolver secrets, string path, string reference)
    {
        if (!secrets.TryResolve(reference, out var secret, out var fault))
        {
            throw new PepperException($"{path} cannot be read: {fault}");
        }

        var key = Encoding.UTF8.GetBytes(secret!.Reveal());
        return key.Length >= PepperSource.LeastBytes
            ? key
            : throw new PepperException($"{path} is too short: it must be at least {PepperSource.LeastBytes} bytes, for example from 'openssl rand -hex 32'.");
    }
}
