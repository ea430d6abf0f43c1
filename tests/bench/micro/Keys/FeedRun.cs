using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Storage;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;
using ProxyCluster.Grains;

namespace ProxyCluster.Bench.Micro.Keys;

/// <summary>A silo that holds every key, and a gateway that starts with none and follows its feed over a socket.</summary>
internal static class FeedRun
{
    public static async Task RunAsync(KeyPopulation population, TextWriter output)
    {
        var (siloPort, gatewayPort) = (FreePort(), FreePort());
        using var silo = Silo(population, siloPort, gatewayPort);
        await silo.StartAsync();
        using var client = Client(gatewayPort);
        await client.StartAsync();
        var grains = client.Services.GetRequiredService<IGrainFactory>();

        var before = GC.GetTotalMemory(forceFullCollection: true);
        var clock = Stopwatch.StartNew();
        for (var shard = 0; shard < KeyDirectory.Shards; shard++)
        {
            await grains.GetGrain<IKeyDirectoryGrain>(shard).FindAsync("nobody");
        }

        var loaded = clock.Elapsed;
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        Write(output, $"silo: {population.Count} keys, {(double)bytes / population.Count:F1} bytes a key, made and loaded in {loaded.TotalSeconds:F1} s");

        var directory = Directory.CreateTempSubdirectory("pc-bench-feed-").FullName;
        await using var services = Gateway.Build(grains, population.PepperText, directory);
        var table = services.GetRequiredService<KeyTable>();
        using var feed = ActivatorUtilities.CreateInstance<KeyFeed>(services);
        clock.Restart();
        await feed.StartAsync(CancellationToken.None);
        while (table.Count < population.Count && clock.Elapsed < TimeSpan.FromMinutes(5))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        Write(output, $"feed: {table.Count} keys taken in from empty in {clock.Elapsed.TotalSeconds:F1} s");
        await feed.StopAsync(CancellationToken.None);
        clock.Restart();
        var snapshots = services.GetRequiredService<KeySnapshotStore>();
        snapshots.Changed();
        snapshots.Save();
        Write(output, $"disk: written in {clock.Elapsed.TotalSeconds:F1} s, {new FileInfo(Path.Combine(directory, "gateway-keys.bin")).Length / 1e6:F0} MB");

        clock.Restart();
        await using var restarted = Gateway.Build(grains, population.PepperText, directory);
        restarted.GetRequiredService<KeySnapshotStore>().Load();
        Write(output, $"disk: {restarted.GetRequiredService<KeyTable>().Count} keys read in {clock.Elapsed.TotalSeconds:F1} s");
        Directory.Delete(directory, recursive: true);
        await client.StopAsync();
        await silo.StopAsync();
    }

    private static IHost Silo(KeyPopulation population, int siloPort, int gatewayPort)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.Logging.SetMinimumLevel(LogLevel.Error).AddConsole();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort, gatewayPort);
            silo.Services.AddKeyedSingleton<IGrainStorage>("Default", new PopulationStorage(population));
            silo.Services.AddGrains();
            silo.Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromHours(1));
        });
        return builder.Build();
    }

    private static IHost Client(int gatewayPort)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new());
        builder.UseOrleansClient(client => client.UseLocalhostClustering(gatewayPort));
        return builder.Build();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Write(TextWriter output, FormattableString line) => output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
