using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.Bench.Micro.Keys;

/// <summary>One gateway that knows every key: what they take, and how long a check takes.</summary>
internal static class GatewayRun
{
    private const int HotKeys = 1000;
    private const int Checks = 1_000_000;

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

        var verifier = services.GetRequiredService<KeyVerifier>();
        var random = new Random(7);
        var hot = Enumerable.Range(0, HotKeys).Select(_ => KeyPopulation.Key(random.Next(population.Count))).ToArray();
        Write(output, $"checks of {HotKeys} keys in use: {Measure(verifier, () => hot[random.Next(hot.Length)])}");
        var cold = Enumerable.Range(0, 200_000).Select(_ => KeyPopulation.Key(random.Next(population.Count))).ToArray();
        Write(output, $"checks of {cold.Length} keys at random: {Measure(verifier, () => cold[random.Next(cold.Length)])}");
        bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Write(output, $"gateway with {LiveKeys.Most} keys in use at most: {(double)bytes / table.Count:F1} bytes a key, the {cold.Length} plain keys of the bench with them");
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

    private static string Measure(KeyVerifier verifier, Func<string> next)
    {
        var times = new long[Checks];
        for (var i = 0; i < times.Length; i++)
        {
            var key = next();
            var started = Stopwatch.GetTimestamp();
            var answer = verifier.CheckAsync(key, TimeSpan.MaxValue, isBarred: false);
            times[i] = Stopwatch.GetTimestamp() - started;
            if (!answer.IsCompletedSuccessfully || answer.Result.Caller is null)
            {
                throw new InvalidOperationException("A key of the bench was refused.");
            }
        }

        Array.Sort(times);
        return string.Create(CultureInfo.InvariantCulture, $"p50 {At(times, 0.5):F2} µs, p99 {At(times, 0.99):F2} µs, p99.9 {At(times, 0.999):F2} µs");
    }

    private static double At(long[] sorted, double share) => sorted[(int)(sorted.Length * share)] * 1e6 / Stopwatch.Frequency;

    private static void Write(TextWriter output, FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
