using ProxyCluster.Core.Configuration;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Hooks;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Hooks;

public sealed class HookSetTests
{
    private const string Secret = """{"model":"gpt-4o","input":"secret"}""";

    [Fact]
    public void Request_WithoutHooks_CostsNoMemory()
    {
        using var hooks = Set(new ConfigurationInForce(new ProxyClusterOptions()));
        var exchange = HookCase.Of(Secret, InferenceOperation.Embeddings, []).Exchange;
        hooks.For(exchange);
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            Assert.Null(hooks.For(exchange));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("gpt-4o", true)]
    [InlineData("gpt-*", true)]
    [InlineData("*", true)]
    [InlineData("gpt-4", false)]
    [InlineData("claude-*", false)]
    public void Hook_ForSomeModels_JudgesTheirsAlone(string pattern, bool isJudged)
    {
        var entry = Guardrail();
        entry.Models.Add(pattern);
        using var hooks = Set(new ConfigurationInForce(Options(entry)));

        Assert.Equal(isJudged, hooks.For(HookCase.Of(Secret, InferenceOperation.Embeddings, []).Exchange) is not null);
    }

    [Theory]
    [InlineData("both", "content_filter", "content_filter")]
    [InlineData("request", "content_filter", null)]
    [InlineData("answer", null, "content_filter")]
    public async Task Hook_JudgesWhatItsEntrySays(string on, string? ofRequest, string? ofAnswer)
    {
        var entry = Guardrail();
        entry.On = on;
        using var set = Set(new ConfigurationInForce(Options(entry)));
        var hooks = set.For(HookCase.Of("""{"model":"m","messages":[{"role":"user","content":"secret"}]}""", InferenceOperation.ChatCompletions, []).Exchange)!;

        Assert.Equal(ofRequest, (await hooks.JudgeRequestAsync(set.Limits))?.Code);
        Assert.Equal(ofAnswer, hooks.JudgesAnswers
            ? (await hooks.JudgeAnswerAsync("""{"choices":[{"index":0,"message":{"content":"secret"}}]}"""u8.ToArray())).Refusal?.Code
            : null);
    }

    [Fact]
    public async Task Configuration_ThatChanges_BringsItsHooks_AndOneThatCannotBeMadeWithholds()
    {
        var inForce = new ConfigurationInForce(new ProxyClusterOptions());
        using var set = Set(inForce);
        inForce.Replace(Options(new HookOptions { Type = "fragile" }));

        var hooks = set.For(HookCase.Of(Secret, InferenceOperation.Embeddings, []).Exchange)!;

        Assert.Equal("hook_failed", (await hooks.JudgeRequestAsync(set.Limits))?.Code);
        inForce.Replace(new ProxyClusterOptions());
        Assert.Null(set.For(HookCase.Of(Secret, InferenceOperation.Embeddings, []).Exchange));
    }

    [Fact]
    public void Hook_WhoseEntryStaysAsItIs_IsKept()
    {
        var inForce = new ConfigurationInForce(Options(Guardrail()));
        var made = 0;
        using var set = Set(inForce, new HookType("guardrail-of-ours", _ =>
        {
            made++;
            return new Disposed();
        }));
        var entry = new HookOptions { Type = "guardrail-of-ours" };

        inForce.Replace(Options(Guardrail(), entry));
        inForce.Replace(Options(entry, Guardrail()));
        inForce.Replace(Options(new HookOptions { Type = "guardrail-of-ours" }));

        Assert.Equal(1, made);
    }

    [Fact]
    public async Task Hook_ThatIsNoLongerInForce_IsDisposedOfWhenItsLastRequestHasLeft()
    {
        var hook = new Disposed();
        var inForce = new ConfigurationInForce(Options(new HookOptions { Type = "ours" }));
        using var set = Set(inForce, new HookType("ours", _ => hook));
        var first = set.For(HookCase.Of(Secret, InferenceOperation.Embeddings, []).Exchange)!;
        var second = set.For(HookCase.Of(Secret, InferenceOperation.Embeddings, []).Exchange)!;

        inForce.Replace(new ProxyClusterOptions());
        first.Dispose();

        Assert.False(hook.IsGone.IsCompleted);
        second.Dispose();
        await hook.IsGone.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public void Hook_ThatWantsToHoldBackTooMuch_IsAFault()
    {
        var types = new HookTypes([new HookType("greedy", static _ => new Greedy())]);

        var fault = Assert.Single(types.FaultsOf(new HookOptions { Type = "greedy" }));

        Assert.Contains("1000000", fault.Cure, StringComparison.Ordinal);
    }

    private static HookOptions Guardrail() => new() { Type = "guardrail", Settings = """{"Deny":[{"Name":"s","Pattern":"secret"}]}""" };

    private static ProxyClusterOptions Options(params HookOptions[] entries)
    {
        var options = new ProxyClusterOptions();
        Array.ForEach(entries, options.Hooks.Add);
        return options;
    }

    private static HookSet Set(ConfigurationInForce inForce, params HookType[] added) => new(
        inForce, new HookTypes([new HookType("fragile", static _ => throw new InvalidOperationException("gone")), .. added]), HookCase.Telemetry, TimeProvider.System);

    private sealed class Disposed : GatewayHook, IAsyncDisposable
    {
        private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsGone => _gone.Task;

        public ValueTask DisposeAsync()
        {
            _gone.TrySetResult();
            return default;
        }
    }

    private sealed class Greedy : GatewayHook
    {
        public override int WindowCharacters => 1_000_000;
    }
}
