using System.Text;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Hosting;

namespace ProxyCluster.GatewayApi.Secrets;

/// <summary>
/// The KEKs that <c>Secrets</c> refers to, or, on one machine, one that is made in the data directory at first use. Read
/// once: a rotation takes a restart of one gateway after another.
/// </summary>
internal sealed class KekSource
{
    private const string FileName = "kek";

    private readonly Lazy<(KeyRing? Ring, string? Fault)> _read;

    public KekSource(IOptionsMonitor<ProxyClusterOptions> options)
    {
        _read = new(() => Read(options.CurrentValue));
    }

    /// <summary>The KEKs in force; <see langword="null"/>: there are none, as <see cref="Fault"/> says.</summary>
    public KeyRing? Ring => _read.Value.Ring;

    /// <summary>Why there are none, and the cure; <see langword="null"/>: there are.</summary>
    public string? Fault => _read.Value.Fault;

    /// <summary>Seals a secret for storage.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="binding">What it belongs to.</param>
    /// <param name="fault">Why it cannot be sealed.</param>
    /// <returns>The envelope; <see langword="null"/>: there is no KEK.</returns>
    public string? TrySeal(string secret, SecretBinding binding, out string? fault)
    {
        fault = Fault;
        return Ring is { } ring
            ? SecretEnvelope.Seal(secret, binding, ring.Current, System.Security.Cryptography.RandomNumberGenerator.GetBytes(SecretEnvelope.RandomBytes))
            : null;
    }

    private static (KeyRing? Ring, string? Fault) Read(ProxyClusterOptions options)
    {
        try
        {
            var current = options.Secrets.Kek is { Length: > 0 } reference
                ? Resolve("Secrets:Kek", reference)
                : OfDataDirectory(options.Cluster);
            if (current is null)
            {
                return (null, "Secrets:Kek is not set, so that this cluster stores no secrets: send a reference, ${NAME} or file:/path, or set Secrets:Kek in every gateway.");
            }

            var previous = options.Secrets.PreviousKek is { Length: > 0 } before ? Resolve("Secrets:PreviousKek", before) : null;
            return (new KeyRing(current, previous), null);
        }
        catch (StartFault fault)
        {
            return (null, fault.Message);
        }
    }

    private static KeyEncryptionKey Resolve(string setting, string text)
    {
        var value = text;
        if (SecretReference.TryParse(text, out var reference) && !reference.TryRead(out value, out var missing))
        {
            throw new StartFault($"{setting} cannot be read: {missing}");
        }

        var material = Encoding.UTF8.GetBytes(value);
        return material.Length >= KeyEncryptionKey.LeastBytes
            ? new KeyEncryptionKey(material)
            : throw new StartFault($"{setting} is too short: it must be at least {KeyEncryptionKey.LeastBytes} bytes, for example from 'openssl rand -hex 32'.");
    }

    private static KeyEncryptionKey? OfDataDirectory(ClusterOptions cluster)
    {
        if (!string.IsNullOrEmpty(cluster.Redis))
        {
            return null;
        }

        var path = Path.Combine(cluster.DataDirectory, FileName);
        try
        {
            return new KeyEncryptionKey(MadeSecret.ReadOrMake(path, KeyEncryptionKey.LeastBytes));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StartFault($"The file {path} cannot be read or made: {exception.Message} Without what it held, stored secrets stay shut.", exception);
        }
    }
}
