using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Streaming;
using ProxyCluster.Tests.Unit.Hooks;

namespace ProxyCluster.Tests.Unit.Streaming;

public sealed class StreamRelayTests
{
    private const string End = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

    private static readonly TimeSpan Total = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData("two")]
    [InlineData("two", End)]
    public async Task Time_ThatRunsOutAsAPieceArrives_IsToldToTheClient(string word, string end = "")
    {
        var clock = new FakeTimeProvider();

        var (result, told) = await RelayAsync(clock, () => Piece("one"), () =>
        {
            clock.Advance(Total);
            return Piece(word) + end;
        });

        Assert.Equal(AttemptOutcome.TimedOut, result.Outcome);
        Assert.StartsWith(Piece("one"), told, StringComparison.Ordinal);
        Assert.EndsWith("\"code\":\"upstream_timeout\"}}\n\n", told, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Client_ThatDoesNotTakeTheLastWord_IsGivenUpAsOneThatHasLeft()
    {
        var clock = new FakeTimeProvider();
        using var client = new DeafAfterFirst();
        var relaying = RelayAsync(clock, client, () => Piece("one"));

        await client.Stuck.WaitAsync(TestContext.Current.CancellationToken);
        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(relaying.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(AttemptOutcome.Abandoned, (await relaying).Outcome);
    }

    private static string Piece(string text) => $"data: {{\"id\":\"c\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}]}}\n\n";

    private static async Task<(AttemptResult Result, string Told)> RelayAsync(FakeTimeProvider clock, params Func<string>[] pieces)
    {
        using var told = new MemoryStream();
        var result = await RelayAsync(clock, told, pieces);
        return (result, Encoding.UTF8.GetString(told.ToArray()));
    }

    private static async Task<AttemptResult> RelayAsync(FakeTimeProvider clock, Stream client, params Func<string>[] pieces)
    {
        var request = HookCase.Chat().Exchange.Request!;
        var context = new DefaultHttpContext();
        context.Response.Body = client;
        using var scratch = new RequestScratch(clock);
        var exchange = new Exchange(context, InferenceOperation.ChatCompletions, scratch, clock) { RequestId = "r", Region = "here", Request = request };
        scratch.Timer.Begin(Total, CancellationToken.None);
        using var relay = new StreamRelay(
            exchange, new OpenAiStream(request), new SseReader(100_000), new ProviderTimeouts(Total, Total, Total, Total), new RelayLimits(100_000, TimeSpan.Zero));

        var result = await relay.RunAsync(new Script(pieces), clock.GetTimestamp());

        scratch.Timer.End();
        return result;
    }

    /// <summary>Takes the first write, and no other.</summary>
    private sealed class DeafAfterFirst : MemoryStream
    {
        private readonly TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _writes;

        public Task Stuck => _stuck.Task;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Interlocked.Increment(ref _writes) > 1)
            {
                _stuck.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }
        }
    }

    private sealed class Script(Func<string>[] pieces) : MemoryStream
    {
        private int _next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(_next == pieces.Length ? 0 : Encoding.UTF8.GetBytes(pieces[_next++](), buffer.Span));
    }
}
