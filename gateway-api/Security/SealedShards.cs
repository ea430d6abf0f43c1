using System.Buffers;
using System.Buffers.Binary;
using ProxyCluster.GatewayApi.Secrets;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>The kept keys of each shard, sealed on their own, so that no copy of all of them is made to write them.</summary>
/// <param name="seal">Seals and opens.</param>
/// <param name="file">The file's name, which the seals hold on to with the shard's number: parts cannot change places.</param>
internal sealed class SealedShards(DiskSeal seal, string file)
{
    /// <summary>Writes a shard: its length, then what is sealed.</summary>
    /// <exception cref="IOException">There is no key to seal with, or the file cannot be written.</exception>
    public void Write(IBufferWriter<byte> output, int shard, ReadOnlySpan<byte> content)
    {
        var part = seal.Seal(content, NameOf(shard));
        BinaryPrimitives.WriteInt32BigEndian(output.GetSpan(sizeof(int)), part.Length);
        output.Advance(sizeof(int));
        output.Write(part);
    }

    /// <summary>Opens all shards of a body.</summary>
    /// <returns>What they hold, one after the other; <see langword="null"/>: torn, changed, or sealed under another key.</returns>
    /// <exception cref="IOException">There is no key to open with.</exception>
    public byte[]? TryOpen(ReadOnlySpan<byte> body)
    {
        var content = new ArrayBufferWriter<byte>(Math.Max(1, body.Length));
        for (var shard = 0; shard < KeyDirectory.Shards; shard++)
        {
            if (body.Length < sizeof(int) || BinaryPrimitives.ReadInt32BigEndian(body) is var length && (length < 0 || length > body.Length - sizeof(int)))
            {
                return null;
            }

            if (seal.TryOpen(body.Slice(sizeof(int), length), NameOf(shard)) is not { } part)
            {
                return null;
            }

            content.Write(part);
            body = body[(sizeof(int) + length)..];
        }

        return content.WrittenSpan.ToArray();
    }

    private string NameOf(int shard) => $"{file}\n{shard}";
}
