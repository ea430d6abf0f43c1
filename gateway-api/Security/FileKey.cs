using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>A key of the configuration file.</summary>
/// <param name="hash">Its hash under the pepper in force.</param>
/// <param name="record">What the file says, in the form of a key of the directory.</param>
internal sealed class FileKey(in KeyHash hash, KeyRecord record)
{
    private readonly KeyHash _hash = hash;
    private KeyEntry? _entry;

    /// <summary>Its hash.</summary>
    public KeyHash Hash => _hash;

    /// <summary>What the file says of it.</summary>
    public KeyRecord Record => record;

    /// <summary>What requests meet; <see langword="null"/>: not made yet.</summary>
    public KeyEntry? Entry
    {
        get => Volatile.Read(ref _entry);
        set => Volatile.Write(ref _entry, value);
    }
}
