using System.Security.Cryptography;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>
/// Kept keys on a disk: a file that is not as it was sealed is not opened; and a body that was sealed with the right
/// pepper, whatever it is, is read, or refused as no kept keys.
/// </summary>
internal sealed class KeySnapshotTarget : FuzzTarget
{
    private static readonly byte[] Pepper = new byte[32];

    /// <inheritdoc/>
    public override string Name => "key-snapshot";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words => ["pckeys02", "\u0001\0\0\0", "key:a", "\0\0\0\0", "\u0004name"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Security/KeySnapshotFormat.cs:TryOpen", "Security/KeySnapshotFormat.cs:ReadBody", "Security/KeySnapshotFormat.cs:ReadEntry", "core/Security/KeyPacking.cs:Unpack", "core/Security/PackReader.cs"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Security/KeySnapshotFormat.cs", "if (file.Length < HeaderSize");

    /// <inheritdoc/>
    public override int Run(byte[] input)
    {
        var isOpen = KeySnapshotFormat.TryOpen(input, Pepper, out _);
        var table = new KeyTable(Clock.Still, new KeyCallers(new AccountTable(), RoleTable.BuiltIn));
        var body = input.Length > KeySnapshotFormat.HeaderSize ? input[KeySnapshotFormat.HeaderSize..] : [];
        byte[] sealedFile = [.. KeySnapshotFormat.Header(Clock.Still.GetUtcNow(), SHA256.HashData(body), Pepper), .. body];
        if (!KeySnapshotFormat.TryOpen(sealedFile, Pepper, out _))
        {
            throw new InvalidDataException("A sealed file is not opened.");
        }

        try
        {
            KeySnapshotFormat.ReadBody(body, table, 0);
            return HashCode.Combine(isOpen, Math.Min(table.Count, 4));
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or FormatException)
        {
            // As KeySnapshotStore takes it: the file is passed over.
            return exception.GetType().GetHashCode();
        }
    }
}
