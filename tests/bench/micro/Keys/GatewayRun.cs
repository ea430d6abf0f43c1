using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Bench.Micro.Keys;

/// <summary>One gateway that knows every key: what they take, and how long a check takes.</summary>
internal static class GatewayRun
{
    private const int HotKeys = 1000;
    private const int ColdKeys = 200_000;

    public static async Task RunAsync(KeyPopulation population, TextWriter output)
    {
        var directory = Directory.CreateTempSubdirectory("pc-bench-keys-").FullName;
        await using var services = Gateway.Build(DispatchProxy.Create<IGrainFactory, NoGrains>(), population.PepperText, directory);
        var table = services.GetRequiredService<KeyTable>();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        for (var shard = 0; shard < KeyDirectory.Shards; shard++)
        {
            Fill(table, population, shard);
        }

        var filled = clock.Elapsed;
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Write(output, $"gateway: {table.Count} keys, {(double)bytes / table.Count:F1} bytes a key ({(double)table.PackedBytes / table.Count:F1} packed), made and taken in in {filled.TotalSeconds:F1} s");

        var random = new Random(7);
        var own = GC.GetTotalMemory(forceFullCollection: true);
        var hot = Enumerable.Range(0, HotKeys).Select(_ => KeyPopulation.Key(random.Next(population.Count))).ToArray();
        var cold = Enumerable.Range(0, ColdKeys).Select(_ => KeyPopulation.Key(random.Next(population.Count))).ToArray();
        var run = new CheckRun(services.GetRequiredService<KeyVerifier>(), new Pepper(Encoding.UTF8.GetBytes(population.PepperText)));
        own = GC.GetTotalMemory(forceFullCollection: true) - own;
        Write(output, $"hash alone: {run.Hash(() => hot[random.Next(hot.Length)])}");
        Write(output, $"check of {HotKeys} keys in use: {run.Check(() => hot[random.Next(hot.Length)])}");
        Write(output, $"check of {ColdKeys} keys at random, into memory that is touched for the first time: {run.Check(() => cold[random.Next(cold.Length)])}");
        Write(output, $"check of {ColdKeys} keys at random: {run.Check(() => cold[random.Next(cold.Length)])}");
        bytes = GC.GetTotalMemory(forceFullCollection: true) - before - own;
        Write(output, $"gateway with {LiveKeys.Most} keys in use at most: {(double)bytes / table.Count:F1} bytes a key, and {(double)own / table.Count:F1} of the bench's own, its plain keys and times");
        Write(output, $"of it, what follows the hash, with no record fetched ahead: {run.Find(table, () => cold[random.Next(cold.Length)])}");
        Write(output, $"of it, the account of a user: {run.Account(services.GetRequiredService<AccountTable>(), () => random.Next(population.Count))}");
        Write(output, $"of each, the clock: {run.Nothing()}");
        GC.KeepAlive(cold);
        GC.KeepAlive(run);
        Directory.Delete(directory, recursive: true);
    }

    private static void Fill(KeyTable table, KeyPopulation population, int shard)
    {
        const int pageSize = KeyDirectory.LargestPage;
        var count = population.CountOf(shard);
        for (var skip = 0; skip == 0 || skip < count; skip += pageSize)
        {
            var records = population.Records(shard, skip, pageSize);
            table.Apply(shard, new KeyFeedPage(new KeyFeedCursor(Guid.Empty, skip), skip == 0, records, skip + pageSize < count));
        }
    }

    private static void Write(TextWriter output, FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
