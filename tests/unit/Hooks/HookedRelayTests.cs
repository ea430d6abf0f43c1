using System.Text;
using Microsoft.AspNetCore.Http;
using ProxyCluster.Core.Providers;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Hooks;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Streaming;

namespace ProxyCluster.Tests.Unit.Hooks;

/// <summary>A stream on its whole way through the relay, with a hook that does not do its part.</summary>
public sealed class HookedRelayTests
{
    private const string Finish = "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    private const string Done = "data: [DONE]\n\n";

    [Fact]
    public async Task Hook_ThatFailsBeforeAnythingWasLetThrough_IsAnsweredWithAStatus()
    {
        var (result, told) = await RelayAsync(new FailsAt("one"), Piece("one "), Piece("two "), Finish, Done);

        Assert.Equal((500, "hook_failed", false), (result.Refusal?.Status, result.Refusal?.Code, result.TryAnother));
        Assert.Equal(AttemptOutcome.Succeeded, result.Outcome);
        Assert.Equal("", told);
    }

    [Fact]
    public async Task Hook_ThatFailsLater_EndsTheStreamWithAnErrorAndNoEnd()
    {
        var (result, told) = await RelayAsync(new FailsAt("three"), Piece("one "), Piece("two "), Piece("three "), Piece("four"), Finish, Done);

        Assert.Null(result.Refusal);
        Assert.Equal((AttemptOutcome.Succeeded, false), (result.Outcome, result.TryAnother));
        Assert.Contains("\"content\":\"two \"", told, StringComparison.Ordinal);
        Assert.DoesNotContain("three", told, StringComparison.Ordinal);
        Assert.DoesNotContain("four", told, StringComparison.Ordinal);
        Assert.DoesNotContain("DONE", told, StringComparison.Ordinal);
        Assert.DoesNotContain("\"stop\"", told, StringComparison.Ordinal);
        Assert.EndsWith("\"type\":\"server_error\",\"param\":null,\"code\":\"hook_failed\"}}\n\n", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hook_ThatFailsOpen_LetsTheStreamThroughAsItCame()
    {
        string[] events = [Piece("one "), Piece("two "), Finish, Done];

        var (result, told) = await RelayAsync(new FailsAt("two"), isOpen: true, events);

        Assert.Equal((AttemptOutcome.Succeeded, null), (result.Outcome, result.Refusal));
        Assert.Equal(string.Concat(events), told);
    }

    [Fact]
    public async Task Provider_ThatBreaksOff_TellsNothingOfWhatIsHeldBack()
    {
        var (result, told) = await RelayAsync(HookCase.Deny("never", 10), Piece("one two three "), Piece("sk-"));

        Assert.Equal(AttemptOutcome.StreamBroken, result.Outcome);
        Assert.Contains("\"content\":\"one\"", told, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-", told, StringComparison.Ordinal);
        Assert.EndsWith("\"code\":\"upstream_stream_interrupted\"}}\n\n", told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Usage_OfAStreamThatIsJudged_IsTheProviders()
    {
        const string Usage = "data: {\"id\":\"c\",\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5}}\n\n";
        var translator = new OpenAiStream(HookCase.Chat().Exchange.Request!);

        await RelayAsync(HookCase.Redact("one", "x", 5), isOpen: false, [Piece("one "), Finish, Usage, Done], translator);

        Assert.Equal((3, 5), (translator.Usage?.Prompt, translator.Usage?.Completion));
    }

    private static string Piece(string text) => $"data: {{\"id\":\"c\",\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{text}\"}},\"finish_reason\":null}}]}}\n\n";

    private static Task<(AttemptResult Result, string Told)> RelayAsync(GatewayHook hook, params string[] events) => RelayAsync(hook, isOpen: false, events);

    private static async Task<(AttemptResult Result, string Told)> RelayAsync(
        GatewayHook hook, bool isOpen, string[] events, OpenAiStream? translator = null)
    {
        var request = HookCase.Chat().Exchange.Request!;
        var context = new DefaultHttpContext();
        var told = new MemoryStream();
        context.Response.Body = told;
        using var scratch = new RequestScratch(TimeProvider.System);
        var exchange = new Exchange(context, InferenceOperation.ChatCompletions, scratch, TimeProvider.System) { RequestId = "r", Region = "here", Request = request };
        exchange.Hooks = new RequestHooks(exchange, [HookCase.Entry(hook, isOpen)]);
        scratch.Timer.Begin(TimeSpan.FromMinutes(1), CancellationToken.None);
        using var relay = new StreamRelay(
            exchange,
            translator ?? new OpenAiStream(request),
            new SseReader(100_000),
            new ProviderTimeouts(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(1)),
            new RelayLimits(100_000, TimeSpan.Zero));

        var result = await relay.RunAsync(new Pieces(events), exchange.Clock.GetTimestamp());

        scratch.Timer.End();
        return (result, Encoding.UTF8.GetString(told.ToArray()));
    }

    private sealed class FailsAt(string word) : GatewayHook
    {
        public override ValueTask<HookVerdict> OnTextAsync(HookText text, CancellationToken cancellationToken) =>
            text.Text[text.Start..].Contains(word, StringComparison.Ordinal) ? throw new InvalidOperationException("broken") : new(HookVerdict.Pass);
    }

    // Gives an event at a time.
    private sealed class Pieces(string[] events) : MemoryStream
    {
        private int _next;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            new(_next == events.Length ? 0 : Encoding.UTF8.GetBytes(events[_next++], buffer.Span));
    }
}
