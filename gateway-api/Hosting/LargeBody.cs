namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>
/// Writes an answer that is whole already to a client that may not take it. Kestrel gives a write as long as its bytes
/// take at the least rate, which for many megabytes is a day; so they go in pieces, each of which has to be taken in time.
/// </summary>
internal static class LargeBody
{
    // What Kestrel itself keeps for a response: a piece waits until the one before is all but taken.
    private const int PieceBytes = 64 * 1024;

    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(30);

    /// <summary>Writes to the response's end, or cuts the connection.</summary>
    /// <param name="context">The request, whose head is set.</param>
    /// <param name="body">The whole answer.</param>
    /// <param name="clock">Measures how long a piece takes.</param>
    /// <exception cref="OperationCanceledException">The client has left, or takes nothing.</exception>
    public static ValueTask WriteAsync(HttpContext context, ReadOnlyMemory<byte> body, TimeProvider clock) =>
        body.Length <= PieceBytes ? context.Response.Body.WriteAsync(body, context.RequestAborted) : WritePiecesAsync(context, body, clock);

    private static async ValueTask WritePiecesAsync(HttpContext context, ReadOnlyMemory<byte> body, TimeProvider clock)
    {
        using var stall = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        await using var left = context.RequestAborted.UnsafeRegister(static stall => ((CancellationTokenSource)stall!).Cancel(), stall);
        try
        {
            while (!body.IsEmpty)
            {
                var count = Math.Min(PieceBytes, body.Length);
                stall.CancelAfter(Stall);
                await context.Response.Body.WriteAsync(body[..count], stall.Token);
                body = body[count..];
            }
        }
        catch (OperationCanceledException)
        {
            context.Abort();
            throw;
        }
    }
}
