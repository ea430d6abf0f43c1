using System.Diagnostics.Metrics;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Hooks;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Hooks;

public sealed class HookFaultTests
{
    private const string Body = """{"model":"m","messages":[{"role":"user","content":"secret"}]}""";
    private const string Answer = """{"choices":[{"index":0,"message":{"role":"assistant","content":"secret"}}]}""";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    private readonly FakeTimeProvider _clock = new();

    public static TheoryData<string> Faults => ["throws", "throws late", "null", "hangs", "hangs and heeds nothing"];

    [Theory, MemberData(nameof(Faults))]
    public async Task Request_OfAHookThatFails_IsWithheld(string fault)
    {
        var refusal = await WithTimePassing(fault, async () => (await Case(fault, isOpen: false).JudgeRequestAsync())!);

        Assert.Equal(Expected(fault), (refusal.Status, refusal.Type, refusal.Code));
    }

    [Theory, MemberData(nameof(Faults))]
    public async Task Answer_OfAHookThatFails_IsWithheld(string fault)
    {
        var (code, answer) = await WithTimePassing(fault, () => Case(fault, isOpen: false).JudgeAnswerAsync(Answer));

        Assert.Equal((Expected(fault).Code, ""), (code, answer));
    }

    [Theory, MemberData(nameof(Faults))]
    public async Task Stream_OfAHookThatFails_TellsNothingMore(string fault)
    {
        var (code, stream) = await WithTimePassing(fault, () => Case(fault, isOpen: false).FilterAsync("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"secret\"}}]}\n\n"));

        Assert.Equal((Expected(fault).Code, ""), (code, stream));
    }

    [Theory, MemberData(nameof(Faults))]
    public async Task Text_OfAHookThatFailsOpen_PassesWithoutItsChanges(string fault)
    {
        var request = Case(fault, isOpen: true);
        var refusal = await WithTimePassing(fault, async () => await request.JudgeRequestAsync());
        var (code, answer) = await WithTimePassing(fault, () => Case(fault, isOpen: true).JudgeAnswerAsync(Answer));
        var (broken, stream) = await WithTimePassing(fault, () => Case(fault, isOpen: true).RunAsync(HookTextKind.Text, "sec", "ret"));

        Assert.Null(refusal);
        Assert.Equal(Body, request.Body);
        Assert.Equal((null, Answer), (code, answer));
        Assert.Equal((null, "secret"), (broken, stream));
    }

    [Fact]
    public async Task Hook_ThatBlocksItsThread_IsGivenUpAfterSomeCalls()
    {
        using var never = new ManualResetEventSlim();
        var entry = HookCase.Entry(new Stubborn(() => never.Wait()), timeout: TimeSpan.FromMilliseconds(20));
        var codes = new List<string?>();
        for (var i = 0; i < 18; i++)
        {
            codes.Add((await HookCase.Of(Body, InferenceOperation.ChatCompletions, [entry]).JudgeRequestAsync())?.Code);
        }

        never.Set();

        Assert.Equal([.. Enumerable.Repeat("hook_timeout", 16), "hook_failed", "hook_failed"], codes);
    }

    [Fact]
    public async Task Hook_ThatHoldsBackForEver_FailsBeforeItHoldsTheWholeStream()
    {
        var hook = HookCase.Redact("(?s).+", "x", 10);
        var piece = new string('a', 10_000);

        var (code, text) = await HookCase.Chat(hook).RunAsync(HookTextKind.Text, Enumerable.Repeat(piece, 10));

        Assert.Equal(("hook_failed", ""), (code, text));
    }

    [Theory]
    [InlineData(false, "hook_failed", 0)]
    [InlineData(true, null, 100_000)]
    public async Task Arguments_ThatAreNoJsonAndNeverEnd_AreNotHeldWithoutBound(bool isOpen, string? code, int told)
    {
        var hooks = HookCase.Of(Body, InferenceOperation.ChatCompletions, [HookCase.Entry(HookCase.Redact("secret", "x", 10), isOpen)]);

        var (refused, text) = await hooks.RunAsync(HookTextKind.ToolArguments, Enumerable.Repeat(new string('a', 10_000), 10));

        Assert.Equal((code, told), (refused, text.Count(static character => character == 'a')));
    }

    [Fact]
    public async Task Text_ChangedAfterTheVerdict_IsNotChanged()
    {
        var hook = new Late();
        var request = HookCase.Of(Body, InferenceOperation.ChatCompletions, hook);

        Assert.Null(await request.JudgeRequestAsync());

        Assert.Throws<InvalidOperationException>(() => hook.Text!.Replace(0, 6, "late"));
        Assert.Equal(Body, request.Body);
    }

    [Fact]
    public async Task Client_WhoLeaves_IsNotTheHooksFault()
    {
        var request = Case("hangs", isOpen: false);
        using var left = new CancellationTokenSource();
        request.Exchange.Context.RequestAborted = left.Token;
        var judging = request.JudgeRequestAsync().AsTask();
        await left.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => judging);
    }

    [Fact]
    public async Task Verdicts_AreCounted()
    {
        var counted = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, self) =>
            {
                if (instrument.Name == "proxycluster.hooks.verdicts")
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            if ((string?)tags[0].Value == "counted")
            {
                counted.Add(string.Join(" ", tags.ToArray().Select(static tag => tag.Value)));
            }
        });
        listener.Start();

        await CountedAsync(HookCase.Redact("secret", "x", 10));
        await CountedAsync(HookCase.Deny("secret", 10));
        await CountedAsync(new Failing("null"));

        Assert.Equal(["counted request passed", "counted request blocked", "counted request no_verdict"], counted);

        static async Task CountedAsync(GatewayHook hook)
        {
            var entry = new HookEntry(
                new HookEntrySettings("counted", [], true, true, false, Limit), hook, HookCase.Telemetry, TimeProvider.System);
            await HookCase.Of(Body, InferenceOperation.ChatCompletions, [entry]).JudgeRequestAsync();
        }
    }

    private static (int Status, string Type, string Code) Expected(string fault) => fault.StartsWith("hangs", StringComparison.Ordinal)
        ? (504, "timeout_error", "hook_timeout")
        : (500, "server_error", "hook_failed");

    private HookCase Case(string fault, bool isOpen) => HookCase.Of(
        Body, InferenceOperation.ChatCompletions, [HookCase.Entry(new Failing(fault), isOpen, Limit, _clock)]);

    // The hook is asked on another thread: time passes until it has been given up.
    private async Task<T> WithTimePassing<T>(string fault, Func<Task<T>> act)
    {
        var acting = act();
        while (fault.StartsWith("hangs", StringComparison.Ordinal) && await Task.WhenAny(acting, Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, TestContext.Current.CancellationToken)) != acting)
        {
            _clock.Advance(Limit);
        }

        return await acting;
    }

    private sealed class Failing(string fault) : GatewayHook
    {
        public override async ValueTask<HookVerdict> OnTextAsync(HookText text, CancellationToken cancellationToken)
        {
            text.Replace(text.Start, text.Text.Length - text.Start, "changed before it failed");
            switch (fault)
            {
                case "throws":
                    throw new InvalidOperationException("secret");
                case "throws late":
                    await Task.Yield();
                    throw new TaskCanceledException("not ours");
                case "hangs":
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                    return HookVerdict.Pass;
                case "hangs and heeds nothing":
                    await new TaskCompletionSource().Task;
                    return HookVerdict.Pass;
                default:
                    return null!;
            }
        }
    }

    private sealed class Stubborn(Action block) : GatewayHook
    {
        public override ValueTask<HookVerdict> OnRequestAsync(HookRequest request, CancellationToken cancellationToken)
        {
            block();
            return new(HookVerdict.Pass);
        }
    }

    private sealed class Late : GatewayHook
    {
        public HookText? Text { get; private set; }

        public override ValueTask<HookVerdict> OnTextAsync(HookText text, CancellationToken cancellationToken)
        {
            Text = text;
            return new(HookVerdict.Pass);
        }
    }
}
