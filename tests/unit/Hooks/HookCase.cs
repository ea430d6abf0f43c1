using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Hooks;
using ProxyCluster.GatewayApi.Pipeline;

namespace ProxyCluster.Tests.Unit.Hooks;

/// <summary>A request before some hooks, and the few steps that tests of hooks share.</summary>
internal sealed class HookCase
{
    /// <summary>Heard by whoever listens.</summary>
    public static readonly HooksTelemetry Telemetry = new(
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>(), NullLogger<HooksTelemetry>.Instance);

    private HookCase(Exchange exchange, RequestHooks hooks)
    {
        Exchange = exchange;
        Hooks = hooks;
    }

    public Exchange Exchange { get; }

    public RequestHooks Hooks { get; }

    /// <summary>The request's body as it would go on.</summary>
    public string Body => Encoding.UTF8.GetString(Exchange.Request!.Body.Span);

    public static HookCase Chat(params GatewayHook[] hooks) => Of(
        """{"model":"m","stream":true,"messages":[{"role":"user","content":"Hi"}]}""", InferenceOperation.ChatCompletions, hooks);

    public static HookCase Of(string body, InferenceOperation operation, params GatewayHook[] hooks) =>
        Of(body, operation, [.. hooks.Select(hook => Entry(hook))]);

    public static HookCase Of(string body, InferenceOperation operation, IReadOnlyList<HookEntry> entries, TimeProvider? clock = null)
    {
        var refusal = RequestScanner.Scan(Encoding.UTF8.GetBytes(body), operation, new InputLimitOptions(), new ModelNames(), out var request);
        Assert.Null(refusal);
        var exchange = new Exchange(new DefaultHttpContext(), operation, null!, clock ?? TimeProvider.System)
        {
            RequestId = "r",
            Region = "here",
            Request = request,
        };
        return new HookCase(exchange, new RequestHooks(exchange, entries));
    }

    public static HookEntry Entry(GatewayHook hook, bool isOpen = false, TimeSpan? timeout = null, TimeProvider? clock = null) => new(
        new HookEntrySettings("test", [], OnRequests: true, OnAnswers: true, isOpen, timeout ?? TimeSpan.FromSeconds(20)),
        hook,
        Telemetry,
        clock ?? TimeProvider.System);

    /// <summary>A hook that puts a text in the place of a pattern.</summary>
    public static GatewayHook Redact(string pattern, string replacement, int window) => RedactHook.Create(new HookSettings(
        System.Text.Json.JsonSerializer.Serialize(new
        {
            WindowCharacters = window,
            Patterns = new[] { new { Name = "test", Pattern = pattern, Replacement = replacement } },
        })));

    /// <summary>A hook that lets nothing with a pattern through.</summary>
    public static GatewayHook Deny(string pattern, int window) => GuardrailHook.Create(new HookSettings(
        System.Text.Json.JsonSerializer.Serialize(new { WindowCharacters = window, Deny = new[] { new { Name = "test", Pattern = pattern } } })));

    public ValueTask<Refusal?> JudgeRequestAsync() => Hooks.JudgeRequestAsync(new InputLimitOptions());

    /// <summary>Judges a whole answer.</summary>
    public async Task<(string? Code, string Answer)> JudgeAnswerAsync(string answer)
    {
        var judged = await Hooks.JudgeAnswerAsync(Encoding.UTF8.GetBytes(answer));
        return (judged.Refusal?.Code, Encoding.UTF8.GetString(judged.Answer.Span));
    }

    /// <summary>Takes a stream through the hooks, event by event.</summary>
    public async Task<(string? Code, string Stream)> FilterAsync(params IEnumerable<string> events)
    {
        var filter = Hooks.CreateFilter()!;
        var output = new PooledBuffer();
        var filtered = 0;
        foreach (var one in events)
        {
            output.Append(Encoding.UTF8.GetBytes(one));
            var refusal = await filter.FilterAsync(output, filtered, isEnd: false);
            filtered = output.Count;
            if (refusal is not null)
            {
                return (refusal.Code, Encoding.UTF8.GetString(output.WrittenSpan));
            }
        }

        var last = await filter.FilterAsync(output, filtered, isEnd: true);
        return (last?.Code, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    /// <summary>Takes a text through the hooks for answers in pieces.</summary>
    public async Task<(string? Code, string Text)> RunAsync(HookTextKind kind, params IEnumerable<string> pieces)
    {
        var origin = AnswerTexts.Said(kind, "content");
        ITextRun run = kind == HookTextKind.ToolArguments ? new ArgumentsRun(Hooks, origin) : new TextRun(Hooks, origin);
        var text = new StringBuilder();
        foreach (var (piece, isEnd) in pieces.Select(static piece => (piece, false)).Append(("", true)))
        {
            var result = await run.PushAsync(piece, isEnd);
            text.Append(result.Text);
            if (Hooks.RefusalFor(result.Outcome, isAnswer: true) is { } refusal)
            {
                return (refusal.Code, text.ToString());
            }
        }

        return (null, text.ToString());
    }
}
