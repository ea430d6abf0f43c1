using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace ProxyCluster.GrainInterfaces.Usage;

/// <summary>Which ledger keeps what.</summary>
public static class UsageLedgers
{
    /// <summary>Ledgers of a day.</summary>
    public const int Shards = 8;

    /// <summary>No ledger is of a day before: they are kept for good, and the first release is younger.</summary>
    public static readonly DateOnly FirstDay = new(2026, 1, 1);

    /// <summary>The shard of a key or token: the same in every process and release.</summary>
    public static int ShardOf(string subject) => (int)(XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(subject)) % Shards);

    /// <summary>The grain key, for example <c>2026-11-26/3</c>.</summary>
    public static string KeyOf(DateOnly day, int shard) => string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}/{shard}");
}
