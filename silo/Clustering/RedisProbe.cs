using ProxyCluster.GatewayApi.Hosting;
using StackExchange.Redis;

namespace ProxyCluster.Silo.Clustering;

/// <summary>Finds out whether Redis answers commands. A port that is open is not enough: while Redis reads its log it refuses them.</summary>
internal static class RedisProbe
{
    /// <summary>Asks once, for at most some seconds.</summary>
    /// <returns>What is wrong, without the password; <see langword="null"/>: it answers.</returns>
    /// <exception cref="StartFault">The setting leads nowhere.</exception>
    public static async Task<string?> FaultAsync(string redis, CancellationToken cancellationToken)
    {
        var options = RedisConnection.Options(redis);
        options.AbortOnConnectFail = true;
        options.ConnectRetry = 1;
        try
        {
            await using var connection = await ConnectionMultiplexer.ConnectAsync(options).WaitAsync(cancellationToken);
            await connection.GetDatabase().PingAsync().WaitAsync(cancellationToken);
            return null;
        }
        catch (Exception exception) when (IsSilence(exception))
        {
            var servers = string.Join(", ", options.EndPoints.Select(EndPointCollection.ToString));
            return exception is RedisServerException ? $"{servers}: {exception.Message}" : $"{servers} cannot be reached.";
        }
        catch (OperationCanceledException)
        {
            return "The process is stopping.";
        }
    }

    /// <summary>Whether an exception comes, at its root, from a Redis that does not answer or does not take commands yet.</summary>
    public static bool IsSilence(Exception exception) => exception switch
    {
        RedisException or RedisTimeoutException or RedisCommandException => true,
        AggregateException several => several.InnerExceptions.Any(IsSilence),
        { InnerException: { } inner } => IsSilence(inner),
        _ => false,
    };
}
