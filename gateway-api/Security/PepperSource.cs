using System.Text;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Secrets;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// The secret that key hashes are made with: what <c>Auth:Pepper</c> refers to, or, on one machine, a file in the data
/// directory that is made at first use. Keys of an older one go on as long as <c>Auth:PreviousPepper</c> names it, or its
/// file is there, and go over to the newer one as they are used. Read once.
/// </summary>
internal sealed class PepperSource(IOptionsMonitor<ProxyClusterOptions> options, ISecretResolver secrets)
{
    /// <summary>The least a pepper holds.</summary>
    public const int LeastBytes = Pepper.LeastBytes;

    private const string FileName = "pepper";

    private readonly Lock _lock = new();
    private Peppers? _peppers;

    /// <summary>The pepper's bytes.</summary>
    /// <exception cref="PepperException">There is none, in one sentence that says the cure.</exception>
    public ReadOnlySpan<byte> Value => Current.Value;

    /// <summary>The pepper that hashes are made with.</summary>
    /// <exception cref="PepperException">There is none, in one sentence that says the cure.</exception>
    public Pepper Current => (_peppers ?? Read()).Current;

    /// <summary>The pepper before, whose hashes are still taken; <see langword="null"/>: there is none.</summary>
    /// <exception cref="PepperException">It is configured and cannot be read.</exception>
    public Pepper? Previous => (_peppers ?? Read()).Previous;

    private Peppers Read()
    {
        lock (_lock)
        {
            return _peppers ??= Read(options.CurrentValue);
        }
    }

    private Peppers Read(ProxyClusterOptions current)
    {
        if (current.Auth.Pepper is not { Length: > 0 } reference)
        {
            return new(new(OfDataDirectory(current.Cluster)), PreviousOf(current.Auth));
        }

        return new(new(Resolve("Auth:Pepper", reference)), PreviousOf(current.Auth) ?? MadeEarlier(current.Cluster));
    }

    private Pepper? PreviousOf(AuthOptions auth) =>
        auth.PreviousPepper is { Length: > 0 } reference ? new(Resolve("Auth:PreviousPepper", reference)) : null;

    // An embedded process whose pepper is configured from now on.
    private static Pepper? MadeEarlier(ClusterOptions cluster) =>
        string.IsNullOrEmpty(cluster.Redis) && File.Exists(Path.Combine(cluster.DataDirectory, FileName)) ? new(OfDataDirectory(cluster)) : null;

    private byte[] Resolve(string setting, string reference)
    {
        if (!secrets.TryResolve(reference, out var secret, out var fault))
        {
            throw new PepperException($"{setting} cannot be read: {fault}");
        }

        var pepper = Encoding.UTF8.GetBytes(secret!.Reveal());
        return pepper.Length >= LeastBytes
            ? pepper
            : throw new PepperException($"{setting} is too short: it must be at least {LeastBytes} bytes, for example from 'openssl rand -hex 32'.");
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
            var pepper = MadeSecret.ReadOrMake(path, LeastBytes);
            return pepper.Length >= LeastBytes
                ? pepper
                : throw new PepperException($"The file {path} is damaged: it must hold at least {LeastBytes} bytes. Without the pepper it had, stored API keys cannot be checked; delete the file and make new keys.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new PepperException($"The file {path} cannot be read or made: {exception.Message}", exception);
        }
    }

    private sealed record Peppers(Pepper Current, Pepper? Previous);
}

/// <summary>There is no pepper to check keys with. The message is one sentence for the operator.</summary>
internal sealed class PepperException(string message, Exception? inner = null) : Exception(message, inner);
