using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ProxyCluster.GatewayApi.Hooks;

/// <summary>What operators learn of hooks: never a text. Tags are bounded by the configuration. Event ids 2320 to 2329.</summary>
internal sealed partial class HooksTelemetry : IDisposable
{
    private readonly ILogger<HooksTelemetry> _logger;
    private readonly Meter _meter;
    private readonly Counter<long> _verdicts;
    private readonly Histogram<double> _duration;

    public HooksTelemetry(IMeterFactory meters, ILogger<HooksTelemetry> logger)
    {
        _logger = logger;
        _meter = meters.Create("ProxyCluster.Gateway.Hooks");
        _verdicts = _meter.CreateCounter<long>("proxycluster.hooks.verdicts", "{verdict}", "Verdicts of hooks, by hook, what was judged, and what came of it.");
        _duration = _meter.CreateHistogram<double>("proxycluster.hooks.duration_seconds", "s", "From asking a hook to its verdict.");
    }

    /// <summary>A hook has given its verdict.</summary>
    public void Judged(HookEntrySettings hook, bool isAnswer, bool isBlocked, TimeSpan time)
    {
        Count(hook, isAnswer, isBlocked ? "blocked" : "passed");
        _duration.Record(time.TotalSeconds, Tag("hook", hook.Name), Tag("of", Of(isAnswer)));
        if (isBlocked)
        {
            LogBlocked(_logger, hook.Name, Of(isAnswer));
        }
    }

    /// <summary>A hook has given no verdict.</summary>
    public void Failed(HookEntrySettings hook, bool isAnswer, HookFault fault, Exception? exception)
    {
        var name = NameOf(fault);
        Count(hook, isAnswer, name);
        LogFailed(_logger, hook.Name, Of(isAnswer), name, PlaceOf(exception), hook.IsOpen ? "it passes unjudged" : "it is withheld");
    }

    /// <summary>A hook could not be made.</summary>
    public void NotMade(HookEntrySettings hook, Exception exception) => LogNotMade(_logger, exception, hook.Name);

    /// <summary>A hook that is no longer in force would not be disposed of.</summary>
    public void NotDisposed(HookEntrySettings hook, Exception exception) => LogNotDisposed(_logger, exception, hook.Name);

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    internal static string NameOf(HookFault fault) => fault switch
    {
        HookFault.Threw => "threw",
        HookFault.TimedOut => "timed_out",
        HookFault.NoVerdict => "no_verdict",
        HookFault.Stuck => "stuck",
        HookFault.Undecided => "undecided",
        _ => throw new UnreachableException($"The fault {fault} has no name."),
    };

    private void Count(HookEntrySettings hook, bool isAnswer, string outcome) =>
        _verdicts.Add(1, Tag("hook", hook.Name), Tag("of", Of(isAnswer)), Tag("outcome", outcome));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);

    // Without its message, which may hold the text.
    private static string PlaceOf(Exception? exception) => exception is null ? ""
        : $", {exception.GetType().FullName} in {exception.TargetSite?.DeclaringType?.FullName}.{exception.TargetSite?.Name}";

    private static string Of(bool isAnswer) => isAnswer ? "answer" : "request";

    [LoggerMessage(EventId = 2320, Level = LogLevel.Information, Message = "The hook {Hook} has blocked a text of a {Part}")]
    private static partial void LogBlocked(ILogger logger, string hook, string part);

    [LoggerMessage(EventId = 2321, Level = LogLevel.Error, Message = "The hook {Hook} could not judge a text of a {Part} ({Fault}{Place}): {Consequence}")]
    private static partial void LogFailed(ILogger logger, string hook, string part, string fault, string place, string consequence);

    [LoggerMessage(EventId = 2322, Level = LogLevel.Error, Message = "The hook {Hook} could not be made: it fails for every request until the configuration changes")]
    private static partial void LogNotMade(ILogger logger, Exception exception, string hook);

    [LoggerMessage(EventId = 2323, Level = LogLevel.Warning, Message = "The hook {Hook}, which is no longer in force, has failed to dispose of itself")]
    private static partial void LogNotDisposed(ILogger logger, Exception exception, string hook);
}
