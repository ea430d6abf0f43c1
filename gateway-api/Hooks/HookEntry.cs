using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Hosting;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>One entry of <c>Hooks</c> in force, and the one way in which its hook is called: no fault of it gets through.</summary>
internal sealed class HookEntry(HookEntrySettings settings, GatewayHook hook, HooksTelemetry telemetry, TimeProvider clock)
{
    // A hook that does not heed its token keeps a thread for each call that was given up.
    private const int MostLost = 16;

    /// <summary>The most that a hook may ask to be held back of a stream.</summary>
    public const int MostWindowCharacters = TextStage.MostHeldCharacters / 2;

    private readonly UseCount _uses = new();
    private readonly LostCalls _lost = new(MostLost);

    public HookEntrySettings Settings => settings;

    /// <summary>Characters; read once, so that a text is not judged by two measures.</summary>
    public int WindowCharacters { get; } = Math.Clamp(hook.WindowCharacters, 0, MostWindowCharacters);

    /// <summary>Begins a request's use of the hook, until <see cref="Exit"/>.</summary>
    /// <returns><see langword="false"/>: the hook is no longer in force, and gone.</returns>
    public bool TryEnter() => _uses.TryEnter();

    /// <summary>Ends a use. The last one of a hook that is no longer in force disposes of it.</summary>
    public void Exit()
    {
        if (_uses.Exit())
        {
            // Another's code: what it does here concerns no request.
            _ = Task.Run(DisposeAsync);
        }
    }

    /// <summary>Judges the texts of a request.</summary>
    public ValueTask<HookOutcome> JudgeAsync(HookRequest request, TimeSpan left, CancellationToken clientLeft) =>
        CallAsync(token => hook.OnRequestAsync(request, token), isAnswer: false, left, clientLeft);

    /// <summary>Judges a text.</summary>
    public ValueTask<HookOutcome> JudgeAsync(HookText text, TimeSpan left, CancellationToken clientLeft) =>
        CallAsync(token => hook.OnTextAsync(text, token), text.IsAnswer, left, clientLeft);

    /// <summary>What becomes of a text that the hook could not judge, told to the operator.</summary>
    public HookOutcome Fail(HookFault fault, bool isAnswer, Exception? exception = null)
    {
        telemetry.Failed(settings, isAnswer, fault, exception);
        return new HookOutcome(null, fault, settings.IsOpen);
    }

    private async ValueTask<HookOutcome> CallAsync(
        Func<CancellationToken, ValueTask<HookVerdict>> judge, bool isAnswer, TimeSpan left, CancellationToken clientLeft)
    {
        clientLeft.ThrowIfCancellationRequested();
        if (_lost.IsFull)
        {
            return Fail(HookFault.Stuck, isAnswer);
        }

        var started = clock.GetTimestamp();
        var limit = left < settings.Timeout ? left : settings.Timeout;
        using var timer = new CancellationTokenSource(limit > TimeSpan.Zero ? limit : TimeSpan.FromMilliseconds(1), clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, clientLeft);
        var token = either.Token;

        // On a thread of its own, unless it is ours: another's code may block before it has returned anything.
        var call = hook is IOwnHook ? RunAsync(judge, token) : Task.Run(() => RunAsync(judge, token), CancellationToken.None);
        try
        {
            var verdict = await call.WaitAsync(token);
            return verdict is null ? Fail(HookFault.NoVerdict, isAnswer) : Tell(verdict, isAnswer, clock.GetElapsedTime(started));
        }
        catch (Exception) when (clientLeft.IsCancellationRequested)
        {
            _lost.Add(call);
            throw new OperationCanceledException(clientLeft);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested)
        {
            _lost.Add(call);
            return Fail(HookFault.TimedOut, isAnswer);
        }
        catch (Exception exception)
        {
            return Fail(HookFault.Threw, isAnswer, exception);
        }
    }

    private async Task DisposeAsync()
    {
        try
        {
            await HookTypes.DisposeAsync(hook);
        }
        catch (Exception exception)
        {
            telemetry.NotDisposed(settings, exception);
        }
    }

    private static async Task<HookVerdict> RunAsync(Func<CancellationToken, ValueTask<HookVerdict>> judge, CancellationToken token) => await judge(token);

    private HookOutcome Tell(HookVerdict verdict, bool isAnswer, TimeSpan time)
    {
        telemetry.Judged(settings, isAnswer, verdict.Message is not null, time);
        return new HookOutcome(verdict.Message, HookFault.None, false);
    }
}
