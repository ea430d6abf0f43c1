using System.Globalization;

namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>
/// Behaviour as text, for an upstream that is a process of its own: <c>status=503;retry-after=2;delay=100</c>.
/// Times are milliseconds, switches are <c>name=1</c> or the name alone.
/// </summary>
public static class BehaviourText
{
    /// <exception cref="FormatException">A name or a value is not known.</exception>
    public static Behaviour Parse(string text)
    {
        var behaviour = Behaviour.Default;
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? part : part[..equals];
            behaviour = Apply(behaviour, name, equals < 0 ? "1" : part[(equals + 1)..]);
        }

        return behaviour;
    }

    private static Behaviour Apply(Behaviour to, string name, string value) => name switch
    {
        "html" => Behaviour.Html,
        "half-json" => Behaviour.HalfJson,
        "empty" => Behaviour.Empty,
        "silent" => Behaviour.BlackHole,
        "body" => to with { Body = value },
        "type" => to with { ContentType = value },
        "retry-after" => to with { RetryAfter = value },
        "text" => to with { Text = value },
        "delay" => to with { DelayBeforeHeaders = Milliseconds(value) },
        "first" => to with { DelayBeforeFirstEvent = Milliseconds(value) },
        "idle" => to with { IdleLimit = Milliseconds(value) },
        "between" => to with { DelayBetweenEvents = Milliseconds(value) },
        _ => ApplySwitch(to, name, value != "0") ?? ApplyNumber(to, name, Number(value)),
    };

    private static Behaviour? ApplySwitch(Behaviour to, string name, bool on) => name switch
    {
        "refuse" => to with { CutBeforeHeaders = on },
        "once" => to with { ServesOnce = on },
        "reset" => to with { Reset = on },
        "endless" => to with { Endless = on },
        "endless-line" => to with { EndlessLine = on },
        "crlf" => to with { Crlf = on },
        "comments" => to with { Comments = on },
        "omit-usage" => to with { OmitUsage = on },
        "omit-end" => to with { OmitEnd = on },
        "coalesce" => to with { Coalesce = on },
        _ => null,
    };

    private static Behaviour ApplyNumber(Behaviour to, string name, int number) => name switch
    {
        "status" => to with { Status = number },
        "cut-head" => to with { CutAfterHeadBytes = number },
        "cut-events" => to with { CutAfterEvents = number },
        "cut-bytes" => to with { CutAfterBytes = number },
        "split" => to with { SplitBytes = number },
        "stall" => to with { StallAfterEvents = number },
        "malformed" => to with { MalformedEvent = number },
        "error-event" => to with { ErrorEvent = number },
        "huge-event" => to with { HugeEvent = number },
        "huge-bytes" => to with { HugeBytes = number },
        "events" => to with { Events = number },
        "bytes" => to with { AnswerBytes = number },
        "prompt-tokens" => to with { PromptTokens = number },
        "completion-tokens" => to with { CompletionTokens = number },
        "cached-tokens" => to with { CachedTokens = number },
        _ => throw new FormatException($"The scripted upstream knows no behaviour '{name}'."),
    };

    private static int Number(string value) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"'{value}' is not a whole number.");

    private static TimeSpan Milliseconds(string value) => TimeSpan.FromMilliseconds(Number(value));
}
