using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Secrets;

/// <summary>
/// Seals what this gateway keeps on its disk: under the KEK, else under the pepper, else under a key that is made beside
/// it. The last guards against torn and foreign files only, not against who can read the directory.
/// </summary>
internal sealed class DiskSeal
{
    private const string FileName = "snapshot-key";

    private readonly IOptionsMonitor<ProxyClusterOptions> _options;
    private readonly KekSource _keks;
    private readonly PepperSource _pepper;
    private readonly Lazy<KeyRing> _ring;

    public DiskSeal(IOptionsMonitor<ProxyClusterOptions> options, KekSource keks, PepperSource pepper)
    {
        (_options, _keks, _pepper) = (options, keks, pepper);
        _ring = new(Find, LazyThreadSafetyMode.PublicationOnly);
    }

    /// <summary>Seals a content.</summary>
    /// <param name="content">What the file is to hold.</param>
    /// <param name="name">The file's name.</param>
    /// <exception cref="IOException">There is no key, and none can be made.</exception>
    public byte[] Seal(ReadOnlySpan<byte> content, string name) =>
        FileSeal.Seal(content, PurposeOf(name), _ring.Value.Current, RandomNumberGenerator.GetBytes(FileSeal.NonceSize));

    /// <summary>Opens a file.</summary>
    /// <param name="file">All of it.</param>
    /// <param name="name">Its name.</param>
    /// <returns>Its content; <see langword="null"/>: it is torn, changed, another cluster's, or sealed under another key.</returns>
    /// <exception cref="IOException">There is no key, and none can be made.</exception>
    public byte[]? TryOpen(ReadOnlySpan<byte> file, string name) => FileSeal.TryOpen(file, PurposeOf(name), _ring.Value);

    private string PurposeOf(string name) => $"{name}\n{_options.CurrentValue.Cluster.ServiceId}";

    private KeyRing Find()
    {
        if (_keks.Ring is { } ring)
        {
            return ring;
        }

        try
        {
            return new(new KeyEncryptionKey(_pepper.Value), _pepper.Previous is { } previous ? new KeyEncryptionKey(previous.Value) : null);
        }
        catch (PepperException)
        {
            var path = Path.Combine(_options.CurrentValue.Cluster.DataDirectory, FileName);
            return new(new KeyEncryptionKey(MadeSecret.ReadOrMake(path, KeyEncryptionKey.LeastBytes)));
        }
    }
}
