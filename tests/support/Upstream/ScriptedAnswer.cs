namespace ProxyCluster.Tests.Support.Upstream;

/// <summary>A correct answer of a provider, before the script spoils it.</summary>
/// <param name="ContentType">Of the whole answer or of the stream.</param>
/// <param name="Body">A whole answer; empty for a stream.</param>
/// <param name="Events">A stream's events with their framing; <see langword="null"/>: a whole answer.</param>
internal sealed record ScriptedAnswer(string ContentType, byte[] Body, IReadOnlyList<ScriptedEvent>? Events)
{
    public static ScriptedAnswer Whole(byte[] body) => new("application/json", body, null);

    public static ScriptedAnswer Stream(IReadOnlyList<ScriptedEvent> events) => new("text/event-stream; charset=utf-8", [], events);
}

/// <summary>One event of a stream.</summary>
/// <param name="Name">The <c>event:</c> line; <see langword="null"/>: none.</param>
/// <param name="Data">The <c>data:</c> line.</param>
/// <param name="Content">Whether it carries what the client waits for; such an event may be repeated or padded.</param>
internal sealed record ScriptedEvent(string? Name, string Data, bool Content = false)
{
    public string Format(string newLine) =>
        (Name is null ? "" : $"event: {Name}{newLine}") + $"data: {Data}{newLine}{newLine}";
}
