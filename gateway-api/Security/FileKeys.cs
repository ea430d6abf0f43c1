using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Resilience;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>Puts the keys of the configuration file into the table, at the start and after each change of the file.</summary>
internal sealed partial class FileKeys(
    IOptionsMonitor<ProxyClusterOptions> options,
    ISecretResolver secrets,
    PepperSource pepper,
    KeyTable table,
    ILogger<FileKeys> logger) : IHostedService, IDisposable
{
    private IDisposable? _subscription;

    /// <summary>Reads the file's keys.</summary>
    /// <exception cref="PepperException">There are keys and nothing to hash them with.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Load(options.CurrentValue);
        _subscription = options.OnChange((changed, _) => Reload(changed));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _subscription?.Dispose();

    private void Reload(ProxyClusterOptions changed)
    {
        try
        {
            Load(changed);
        }
        catch (PepperException exception)
        {
            LogNoPepper(logger, exception.Message);
        }
    }

    private void Load(ProxyClusterOptions current)
    {
        var known = table.File;
        var keys = new Dictionary<UInt128, FileKey>();
        foreach (var key in current.Auth.Keys)
        {
            if (TryReadSecret(key, current.Cluster) is { Length: > 0 and <= KeyHash.LongestKey } secret)
            {
                var hash = KeyHash.Of(pepper.Value, secret);
                known.TryGetValue(hash.Prefix, out var before);
                keys.TryAdd(hash.Prefix, new(hash, RecordOf(key, secret, hash)) { Entry = before?.Entry });
            }
        }

        table.ReplaceFile(keys.ToFrozenDictionary());
    }

    private string? TryReadSecret(KeyOptions key, ClusterOptions cluster)
    {
        var isReference = key.Key.StartsWith("${", StringComparison.Ordinal) || key.Key.StartsWith("file:", StringComparison.Ordinal);
        if (!isReference)
        {
            // Literals are for one machine: a cluster's file is copied around.
            return string.IsNullOrEmpty(cluster.Redis) ? key.Key : Unusable(key.Name, "In a cluster it must be a reference: ${NAME} or file:/path.");
        }

        return secrets.TryResolve(key.Key, out var secret, out var fault) ? secret!.Reveal() : Unusable(key.Name, fault!);
    }

    private string? Unusable(string name, string why)
    {
        LogUnusable(logger, name, why);
        return null;
    }

    private static KeyRecord RecordOf(KeyOptions key, string secret, in KeyHash hash)
    {
        var id = ApiKeyFormat.IsWellFormed(secret) && ApiKeyFormat.TryReadPublicId(secret, out var publicId)
            ? publicId.ToString()
            : "file-" + (key.Name.Length > 0 ? key.Name : Convert.ToHexStringLower(((ReadOnlySpan<byte>)hash)[..6]));
        return new()
        {
            PublicId = id,
            Hash = [.. hash.ToArray()],
            Name = key.Name.Length > 0 ? key.Name : id,
            Roles = key.Roles.Count > 0 ? [.. key.Roles] : [KeyRoles.User],
            Permissions = [.. key.Permissions],
            User = key.User,
            Team = key.Team,
            Models = [.. key.Models],
            Regions = [.. key.Regions],
            Limits = key.Limits?.ToLimitSet(),
            Priority = PriorityNames.Read(key.Priority),
        };
    }

    [LoggerMessage(3101, LogLevel.Error, "The key '{Name}' of the configuration file cannot be used: {Why}")]
    private static partial void LogUnusable(ILogger logger, string name, string why);

    [LoggerMessage(3102, LogLevel.Error, "The keys of the changed configuration file cannot be used: {Why}")]
    private static partial void LogNoPepper(ILogger logger, string why);
}
