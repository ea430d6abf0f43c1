using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ProxyCluster.Core.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Bench.Micro.Keys;

/// <summary>Keys that are made anew, and always the same, whenever they are asked for: what is measured holds no other copy of them.</summary>
internal sealed class KeyPopulation
{
    private static readonly DateTimeOffset CreatedAt = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly int[][] _shards;

    public KeyPopulation(int count)
    {
        Count = count;
        var shards = Enumerable.Range(0, KeyDirectory.Shards).Select(_ => new List<int>()).ToArray();
        for (var number = 0; number < count; number++)
        {
            shards[ShardOf(Key(number))].Add(number);
        }

        _shards = [.. shards.Select(shard => shard.ToArray())];
    }

    public int Count { get; }

    /// <summary>What the keys are hashed with, as the configuration takes it.</summary>
    public string PepperText { get; } = Convert.ToHexString(SHA256.HashData("the bench's pepper"u8));

    public int CountOf(int shard) => _shards[shard].Length;

    public static int ShardOf(string key) => KeyDirectory.ShardOf(key.AsSpan(ApiKeyFormat.Prefix.Length, ApiKeyFormat.PublicIdLength));

    /// <summary>The plain key of a number.</summary>
    public static string Key(int number)
    {
        Span<byte> random = stackalloc byte[ApiKeyFormat.RandomBytes];
        Span<byte> seed = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(seed, number);
        SHA384.HashData(seed, random);
        return ApiKeyFormat.Create(random);
    }

    /// <summary>Whose key a number's is.</summary>
    public static string UserOf(int number) => $"user-{number % 100_000}";

    /// <summary>The keys of one shard, a part of them.</summary>
    public ImmutableArray<KeyRecord> Records(int shard, int skip, int take)
    {
        var numbers = _shards[shard].AsSpan(skip, Math.Min(take, _shards[shard].Length - skip));
        var records = ImmutableArray.CreateBuilder<KeyRecord>(numbers.Length);
        foreach (var number in numbers)
        {
            records.Add(Record(number));
        }

        return records.MoveToImmutable();
    }

    private KeyRecord Record(int number)
    {
        var key = Key(number);
        return new()
        {
            PublicId = key.Substring(ApiKeyFormat.Prefix.Length, ApiKeyFormat.PublicIdLength),
            Hash = [.. KeyHash.Of(Encoding.UTF8.GetBytes(PepperText), key).ToArray()],
            Name = $"application {number}",
            Roles = ["user"],
            CreatedAt = CreatedAt,
            CreatedBy = "key:4fGh2kLmN0pQ",
            User = UserOf(number),
            Team = $"team-{number % 1000}",
            PepperVersion = 0xF123_4567,
        };
    }
}
