using System.Buffers;
using System.Runtime.CompilerServices;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Hooks;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;

namespace ProxyCluster.GatewayApi.Streaming;

/// <summary>The client's end of one stream: sends what its attempt has put out, and tells how it ended.</summary>
/// <remarks>A client that takes nothing for 30 s (RELIABILITY 6.1) has left, whether its connection knows it or not.</remarks>
internal sealed class StreamingClient(Exchange exchange, StreamTranslator translator)
{
    private static readonly TimeSpan WriteStall = TimeSpan.FromSeconds(30);

    private readonly PooledBuffer _output = exchange.Scratch.Output;
    private readonly AttemptTimer _timer = exchange.Scratch.Timer;

    /// <summary>Whether status and headers are settled: from then on whatever breaks is told in the stream.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether a write is under way, or was cut short.</summary>
    public bool IsWriting { get; private set; }

    /// <summary>Settles status and headers, once.</summary>
    /// <param name="firstContent">How long the provider took for its first content.</param>
    public void Begin(TimeSpan firstContent)
    {
        if (HasBegun)
        {
            return;
        }

        HasBegun = true;
        exchange.Usage = translator.Usage;
        exchange.Upstream += firstContent;
        if (!exchange.Context.Response.HasStarted)
        {
            ResponseHeaders.WriteStream(exchange);
        }
    }

    /// <summary>Sends what was put out so far.</summary>
    public ValueTask SendAsync()
    {
        AllowWrite();
        var sent = exchange.Context.Response.Body.WriteAsync(_output.WrittenMemory, _timer.Token);
        if (!sent.IsCompletedSuccessfully)
        {
            return ForgetWhenSentAsync(sent);
        }

        sent.GetAwaiter().GetResult();
        Forget();
        return default;
    }

    /// <summary>Shows a client that waits that its stream is alive.</summary>
    public ValueTask PingAsync() => exchange.Context.Response.Body.WriteAsync(exchange.Dialect.Ping, _timer.Token);

    /// <summary>Sends what is left and the end of a stream that is whole.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask EndAsync()
    {
        AllowWrite();
        _output.Append(exchange.Dialect.StreamEnd.Span);

        // Written, not sent: the end of the response goes out with it in one piece.
        var response = exchange.Context.Response;
        response.BodyWriter.Write(_output.WrittenSpan);
        await response.CompleteAsync().WaitAsync(_timer.Token);
        IsWriting = false;
    }

    /// <summary>Sends what is left and why the stream breaks off; no end follows.</summary>
    /// <param name="refusal">Why.</param>
    /// <param name="filter">The hooks that the stream passes; <see langword="null"/>: none.</param>
    /// <returns><see langword="false"/>: the client has left.</returns>
    public async Task<bool> TellAsync(Refusal refusal, StreamFilter? filter)
    {
        if (filter is not null)
        {
            filter.WriteFailure(refusal, exchange.RequestId, _output);
        }
        else if (!translator.TellFailure(refusal, _output))
        {
            exchange.Dialect.WriteStreamError(refusal, exchange.RequestId, _output);
        }

        // The attempt's own token may be what broke the stream.
        using var stall = new CancellationTokenSource(WriteStall, exchange.Clock);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stall.Token, exchange.Context.RequestAborted);
        try
        {
            await exchange.Context.Response.Body.WriteAsync(_output.WrittenMemory, over.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            exchange.AbortUnlessBeaten();
            return false;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Time that has run out meanwhile cuts no write: what broke the stream must still be told.
    private void AllowWrite()
    {
        _timer.AllowUncut(WriteStall);
        _timer.Token.ThrowIfCancellationRequested();
        IsWriting = true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ForgetWhenSentAsync(ValueTask sent)
    {
        await sent;
        Forget();
    }

    private void Forget()
    {
        IsWriting = false;
        _output.Clear();
    }
}
