using System.Buffers.Binary;
using System.Text;

namespace ProxyCluster.Core.Secrets;

/// <summary>
/// What a sealed secret belongs to: it opens for nothing else. An envelope that is moved to another entity, or an entity
/// that is pointed at another place, leaves it shut, whoever can write to the store.
/// </summary>
/// <param name="Kind">What it is, for example <c>provider-key</c>.</param>
/// <param name="Name">Whose it is: the entity's name.</param>
/// <param name="Place">Where it may be sent: whatever decides that in the entity's definition.</param>
public sealed record SecretBinding(string Kind, string Name, string Place)
{
    /// <summary>The binding as associated data: each part with its length before it, so that no two bindings are alike.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[(3 * sizeof(int)) + Encoding.UTF8.GetByteCount(Kind) + Encoding.UTF8.GetByteCount(Name) + Encoding.UTF8.GetByteCount(Place)];
        var rest = bytes.AsSpan();
        foreach (var part in (ReadOnlySpan<string>)[Kind, Name, Place])
        {
            var length = Encoding.UTF8.GetBytes(part, rest[sizeof(int)..]);
            BinaryPrimitives.WriteInt32BigEndian(rest, length);
            rest = rest[(sizeof(int) + length)..];
        }

        return bytes;
    }
}
