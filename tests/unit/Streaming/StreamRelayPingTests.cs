using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Streaming;
using ProxyCluster.Tests.Unit.Hooks;

namespace ProxyCluster.Tests.Unit.Streaming;

/// <summary>A client that is kept by pings leaves while one is written.</summary>
public sealed class StreamRelayPingTests
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Long = TimeSpan.FromDays(40);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Relay_WhoseClientLeavesDuringAPing_EndsOnlyWithItsRead()
    {
        var upstream = new LateStream();
        using var client = new CancellationTokenSource();
        var context = new DefaultHttpContext { RequestAborted = client.Token };
        context.Response.Body = new LeftDuringPing(client);
        using var scratch = new RequestScratch(_clock);
        var request = HookCase.Chat().Exchange.Request!;
        var exchange = new Exchange(context, InferenceOperation.ChatCompletions, scratch, _clock) { RequestId = "r", Region = "here", Request = request };
        scratch.Timer.Begin(Long, client.Token);
        using var relay = new StreamRelay(
            exchange,
            new OpenAiStream(request),
            new SseReader(100_000),
            new ProviderTimeouts(Long, Long, Long, Long),
            new RelayLimits(100_000, PingEvery));

        // Away from the test's own context, so that the clock sets off all that follows before it returns.
        Task<AttemptResult>[] running = await Task.Run(() => new[] { relay.RunAsync(upstream, _clock.GetTimestamp()).AsTask() }, Cancel);
        _clock.Advance(PingEvery);

        // The read may still write into its buffer, which must not be another stream's yet.
        Assert.True(client.IsCancellationRequested);
        Assert.False(running[0].IsCompleted);
        upstream.End();
        Assert.Equal(AttemptOutcome.Abandoned, (await running[0].WaitAsync(Patience, Cancel)).Outcome);
    }

    // One piece of content; then a read that ends when it is told, as one whose cancelling has not got through yet.
    private sealed class LateStream : MemoryStream
    {
        private readonly TaskCompletionSource<int> _late = new();
        private bool _hasBegun;

        public void End() => _late.SetCanceled(CancellationToken.None);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_hasBegun)
            {
                return new(_late.Task);
            }

            _hasBegun = true;
            return new(Encoding.UTF8.GetBytes("data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"one\"},\"finish_reason\":null}]}\n\n", buffer.Span));
        }
    }

    private sealed class LeftDuringPing(CancellationTokenSource client) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!buffer.Span.StartsWith(":"u8))
            {
                return base.WriteAsync(buffer, cancellationToken);
            }

            client.Cancel();
            return ValueTask.FromCanceled(cancellationToken);
        }
    }
}
