using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.Silo.Clustering;

namespace ProxyCluster.Silo.Hosting;

/// <summary>Runs the process that hosts grains. In a cluster it waits for Redis first: where machines start together, Redis may be the last.</summary>
internal static partial class SiloRun
{
    private static readonly TimeSpan PauseBetweenStarts = TimeSpan.FromSeconds(1);

    /// <summary>Runs to the end.</summary>
    /// <returns>As <see cref="HostRunner.RunAsync"/>; 0 also where the process was told to stop while it waited.</returns>
    public static Task<int> RunAsync(string[] args, string usage) => HostRunner.ExitCodeOfAsync(
        async () =>
        {
            while (await HasRedisAsync(args))
            {
                await using var app = SiloApplication.Create(args);
                if (await TryStartAsync(app))
                {
                    return await HostRunner.RunToEndAsync(app);
                }
            }

            return 0;
        },
        usage);

    private static async Task<bool> HasRedisAsync(string[] args)
    {
        var configuration = ConfigurationStart.Read(args, ProgramKind.Silo);
        if (configuration.Options.Cluster.Redis is not { } redis || await RedisProbe.FaultAsync(redis, CancellationToken.None) is null)
        {
            return true;
        }

        await using var waiting = WaitingApplication.Create(configuration, redis);
        await HostRunner.StartAsync(waiting);
        await HostRunner.RunToEndAsync(waiting);
        return waiting.Services.GetRequiredService<RedisWait>().IsOver;
    }

    // A silo cannot be started twice. Where Redis went away again while it started, another one is made when it is back.
    private static async Task<bool> TryStartAsync(WebApplication app)
    {
        try
        {
            await HostRunner.StartAsync(app);
            return true;
        }
        catch (Exception exception) when (RedisProbe.IsSilence(exception))
        {
            LogAgain(app.Logger, exception.Message);
            await Task.Delay(PauseBetweenStarts, TimeProvider.System);
            return false;
        }
    }

    [LoggerMessage(4003, LogLevel.Warning, "Redis went away while the silo started: it starts anew ({Reason})")]
    private static partial void LogAgain(ILogger logger, string reason);
}
