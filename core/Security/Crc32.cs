namespace ProxyCluster.Core.Security;

/// <summary>CRC-32 as in ISO 3309 (zip, PNG), reflected, polynomial 0xEDB88320.</summary>
internal static class Crc32
{
    private static readonly uint[] Table = MakeTable();

    public static uint Of(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        foreach (var octet in data)
        {
            crc = Table[(byte)(crc ^ octet)] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var entry = i;
            for (var bit = 0; bit < 8; bit++)
            {
                entry = (entry & 1) == 0 ? entry >> 1 : 0xEDB88320u ^ (entry >> 1);
            }

            table[i] = entry;
        }

        return table;
    }
}
