namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>What a client made of an answer.</summary>
/// <param name="Text">What was said.</param>
/// <param name="Reasoning">What was thought.</param>
/// <param name="Calls">What is to be called: id, name and arguments.</param>
/// <param name="End">Why it ended; <see langword="null"/>: the client was not told.</param>
/// <param name="Tokens">What it cost; <see langword="null"/>: the client was not told.</param>
internal sealed record Heard(string Text, string Reasoning, IReadOnlyList<(string Id, string Name, string Arguments)> Calls, ReplyEnd? End, Tokens? Tokens)
{
    /// <summary>The client's own object of the answer, which goes back as it is; <see langword="null"/>: it has none for streams.</summary>
    public object? Answer { get; init; }
}

/// <summary>What a client asks.</summary>
/// <param name="Model">The model.</param>
/// <param name="Feature">What is wanted of it.</param>
/// <param name="IsStreamed">Whether the answer is to be streamed.</param>
internal sealed record Question(string Model, Feature Feature, bool IsStreamed)
{
    public string Text => Script.Question(Feature);

    /// <summary>The answer whose calls' results are sent along; <see langword="null"/>: this is the first question.</summary>
    public Heard? Earlier { get; init; }

    public override string ToString() => $"{Model} {Feature} {(IsStreamed ? "streamed" : "whole")}";
}

/// <summary>How a client's call failed.</summary>
/// <param name="Kind">The client's exception.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">What the client is told.</param>
/// <param name="RetryAfter">The advice; <see langword="null"/>: none, or the client does not show it.</param>
internal sealed record Complaint(string Kind, int Status, string Message, string? RetryAfter);
