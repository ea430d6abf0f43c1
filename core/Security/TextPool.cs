using System.Text;

namespace ProxyCluster.Core.Security;

/// <summary>Texts that many packed records have in common, such as the names of teams: read, each is one object. Of fixed size; safe for any number of threads.</summary>
internal static class TextPool
{
    private const int Places = 1024;
    private const int Longest = 64;

    private static readonly string?[] Texts = new string?[Places];

    /// <summary>The text of some bytes; <see langword="null"/>: it is not kept here.</summary>
    /// <param name="utf8">What was packed.</param>
    public static string? Find(ReadOnlySpan<byte> utf8) =>
        utf8.Length <= Longest && Volatile.Read(ref PlaceOf(utf8)) is { } text && Ascii.Equals(utf8, text) ? text : null;

    /// <summary>Keeps a text, in the place of another.</summary>
    /// <param name="utf8">Its bytes.</param>
    /// <param name="text">What they say.</param>
    public static void Keep(ReadOnlySpan<byte> utf8, string text)
    {
        if (utf8.Length <= Longest)
        {
            Volatile.Write(ref PlaceOf(utf8), text);
        }
    }

    private static ref string? PlaceOf(ReadOnlySpan<byte> utf8)
    {
        var hash = 2166136261u; // FNV-1a, 32 bits
        foreach (var octet in utf8)
        {
            hash = (hash ^ octet) * 16777619u;
        }

        return ref Texts[(hash ^ (hash >> 16)) % Places];
    }
}
