using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.GatewayApi.Streaming;

/// <summary>
/// Keeps the connection of a client that asked for a stream while a whole answer is waited for. Another provider can
/// still take over then; only status and headers are told with the first ping.
/// </summary>
internal static class WaitingClient
{
    private static readonly TimeSpan WriteStall = TimeSpan.FromSeconds(30);

    /// <summary>Waits for an attempt.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="attempt">What is waited for; it ends when the client leaves.</param>
    /// <param name="pingEvery">Silence after which the client hears something; zero: never.</param>
    public static async Task<AttemptResult> KeepAsync(Exchange exchange, Task<AttemptResult> attempt, TimeSpan pingEvery)
    {
        while (pingEvery > TimeSpan.Zero)
        {
            using var over = new CancellationTokenSource();
            var pause = Task.Delay(pingEvery, exchange.Clock, over.Token);
            if (await Task.WhenAny(attempt, pause) == attempt)
            {
                await over.CancelAsync();
                break;
            }

            await PingAsync(exchange);
        }

        return await attempt;
    }

    private static async Task PingAsync(Exchange exchange)
    {
        var response = exchange.Context.Response;
        if (!response.HasStarted)
        {
            ResponseHeaders.WriteStream(exchange);
        }

        using var stall = new CancellationTokenSource(WriteStall, exchange.Clock);
        try
        {
            await response.Body.WriteAsync(exchange.Dialect.Ping, stall.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or InvalidOperationException)
        {
            // A client that takes nothing for so long has left, whether its connection knows it or not.
            exchange.Context.Abort();
        }
    }
}
