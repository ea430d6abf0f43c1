namespace ProxyCluster.Core.Tokens;

/// <summary>Counts the tokens of a text as a model's tokenizer would, or as near as is publicly known.</summary>
public sealed class TokenCounter
{
    private readonly EncodingCounter _counter;
    private readonly double _factor;

    internal TokenCounter(string encoding, EncodingCounter counter, double factor, double error)
    {
        Encoding = encoding;
        _counter = counter;
        _factor = factor;
        Error = error;
    }

    /// <summary><c>o200k_base</c>, <c>cl100k_base</c>, or the name of the model family that is estimated.</summary>
    public string Encoding { get; }

    /// <summary>
    /// How far a count may be off, as a share of it, in 19 of 20 texts of a hundred tokens or more: 0 where the tokenizer is
    /// the model's own. Measured on recorded answers and what their providers billed.
    /// </summary>
    public double Error { get; }

    /// <summary>Whether the count is the model's own.</summary>
    public bool IsExact => Error == 0;

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">Any text; special tokens in it count as the text that they are.</param>
    public int Count(ReadOnlySpan<char> text) => (int)Math.Ceiling(_counter.Count(text, CancellationToken.None) * _factor);

    /// <summary>At least the tokens that the model will see, in 19 of 20 texts.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="givenUp">Ends the work at the text's next word.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public int CountAtMost(ReadOnlySpan<char> text, CancellationToken givenUp = default) => (int)Math.Ceiling(_counter.Count(text, givenUp) * _factor * (1 + Error));
}
