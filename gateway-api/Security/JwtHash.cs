using System.Buffers;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>SHA-256 of a whole token, to remember it by: tokens that begin alike are still two.</summary>
internal readonly record struct JwtHash(UInt128 High, UInt128 Low)
{
    /// <summary>Hashes a token. Allocates nothing.</summary>
    /// <param name="token">What a client sent.</param>
    /// <param name="hash">Of all of it.</param>
    /// <returns><see langword="false"/>: it is longer than any token that is taken, or no ASCII.</returns>
    public static bool TryOf(ReadOnlySpan<char> token, out JwtHash hash)
    {
        Span<byte> octets = stackalloc byte[JwtText.Longest];
        hash = default;
        if (token.Length > JwtText.Longest || Ascii.FromUtf16(token, octets, out var length) != OperationStatus.Done)
        {
            return false;
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(octets[..length], digest);
        hash = MemoryMarshal.Read<JwtHash>(digest);
        return true;
    }

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(ulong)High;
}
