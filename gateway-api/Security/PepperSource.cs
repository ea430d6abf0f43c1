using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Configuration;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// The secret that key hashes are made with: what <c>Auth:Pepper</c> refers to, or, on one machine, a file in the data
/// directory that is made at first use. Read once: another pepper would make every stored key unknown.
/// </summary>
internal sealed class PepperSource(IOptionsMonitor<ProxyClusterOptions> options, ISecretResolver secrets)
{
    /// <summary>The least a pepper holds.</summary>
    public const int LeastBytes = 32;

    private const string FileName = "pepper";

    private readonly Lock _lock = new();
    private byte[]? _pepper;

    /// <summary>The pepper.</summary>
    /// <exception cref="PepperException">There is none, in one sentence that says the cure.</exception>
    public ReadOnlySpan<byte> Value => _pepper ?? Read();

    private byte[] Read()
    {
        lock (_lock)
        {
            var current = options.CurrentValue;
            return _pepper ??= current.Auth.Pepper is { Length: > 0 } reference
                ? Resolve(reference)
                : OfDataDirectory(current.Cluster);
        }
    }

    private byte[] Resolve(string reference)
    {
        if (!secrets.TryResolve(reference, out var secret, out var fault))
        {
            throw new PepperException($"Auth:Pepper cannot be read: {fault}");
        }

        var pepper = Encoding.UTF8.GetBytes(secret!.Reveal());
        return pepper.Length >= LeastBytes
            ? pepper
            : throw new PepperException($"Auth:Pepper is too short: it must be at least {LeastBytes} bytes, for example from 'openssl rand -hex 32'.");
    }

    private static byte[] OfDataDirectory(ClusterOptions cluster)
    {
        if (!string.IsNullOrEmpty(cluster.Redis))
        {
            throw new PepperException("Auth:Pepper is not set: the processes of a cluster need one secret of at least 32 bytes in common to check API keys, for example '${PROXYCLUSTER_PEPPER}'.");
        }

        var path = Path.Combine(cluster.DataDirectory, FileName);
        try
        {
            Directory.CreateDirectory(cluster.DataDirectory);
            if (!File.Exists(path))
            {
                Make(path);
            }

            var pepper = File.ReadAllBytes(path);
            return pepper.Length >= LeastBytes
                ? pepper
                : throw new PepperException($"The file {path} is damaged: it must hold at least {LeastBytes} bytes. Without the pepper it had, stored API keys cannot be checked; delete the file and make new keys.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PepperException($"The file {path} cannot be read or made: {exception.Message}", exception);
        }
    }

    private static void Make(string path)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        PrivateFile.Write(temporary, RandomNumberGenerator.GetBytes(LeastBytes));
        try
        {
            // Where another process was faster, its pepper is the one.
            ExclusiveName.Give(temporary, path);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}

/// <summary>There is no pepper to check keys with. The message is one sentence for the operator.</summary>
internal sealed class PepperException(string message, Exception? inner = null) : Exception(message, inner);
