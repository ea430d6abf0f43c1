using System.Text;

namespace ProxyCluster.GatewayApi.Pipeline;

/// <summary>
/// Gives the string for a model's name in UTF-8 without allocating it each time. A name evicts another one of the same
/// slot, so that strangers' names cost memory once and are gone with the next.
/// </summary>
internal sealed class ModelNames
{
    private const int Slots = 1024;
    private const int LongestKeptBytes = 128;

    private readonly Entry?[] _entries = new Entry?[Slots];

    /// <param name="utf8">The name, unescaped, valid UTF-8.</param>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestKeptBytes)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        ref var slot = ref _entries[Hash(utf8) % Slots];
        var entry = Volatile.Read(ref slot);
        if (entry is null || !utf8.SequenceEqual(entry.Utf8))
        {
            entry = new Entry(utf8.ToArray(), Encoding.UTF8.GetString(utf8));
            Volatile.Write(ref slot, entry);
        }

        return entry.Name;
    }

    private static uint Hash(ReadOnlySpan<byte> utf8)
    {
        var hash = 2166136261u; // FNV-1a
        foreach (var b in utf8)
        {
            hash = (hash ^ b) * 16777619u;
        }

        return hash;
    }

    private sealed record Entry(byte[] Utf8, string Name);
}
