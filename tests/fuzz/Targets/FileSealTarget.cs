using ProxyCluster.Core.Secrets;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>What is read back from a gateway's disk: a file that is not as it was sealed does not open, and whatever is sealed opens again.</summary>
internal sealed class FileSealTarget : FuzzTarget
{
    private static readonly KeyEncryptionKey Key = new(new byte[32]);
    private static readonly KeyRing Ring = new(new KeyEncryptionKey([.. Enumerable.Repeat((byte)1, 32)]), Key);

    /// <inheritdoc/>
    public override string Name => "disk-seal";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => ["PCSEAL01", "PCSNAP01", "snapshot"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["core/Secrets/FileSeal.cs:TryOpen"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("core/Secrets/FileSeal.cs", "if (file.Length < HeaderSize");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var content = FileSeal.TryOpen(input, "snapshot", Ring);
        if (content is not null && !input.AsSpan().SequenceEqual(FileSeal.Seal(content, "snapshot", Key, input.AsSpan(8, FileSeal.NonceSize))))
        {
            throw new InvalidDataException("A changed file opens.");
        }

        var again = FileSeal.TryOpen(FileSeal.Seal(input, "snapshot", Key, new byte[FileSeal.NonceSize]), "snapshot", Ring);
        if (again is null || !again.AsSpan().SequenceEqual(input))
        {
            throw new InvalidDataException("What was sealed does not open, or is something else.");
        }

        return content is null ? 0 : 1;
    }
}
