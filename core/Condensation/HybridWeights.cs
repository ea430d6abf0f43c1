namespace ProxyCluster.Core.Condensation;

/// <summary>How much each sign counts in <c>hybrid</c>. Found on the odd-numbered questions of long dialogues (tests/bench/results/condensation).</summary>
internal sealed record HybridWeights
{
    /// <summary>What is used.</summary>
    public static HybridWeights Tuned { get; } = new();

    /// <summary>The power of a term's rarity in relevance: above 1, words that say little count for nothing in any language.</summary>
    public double RelevanceRarity { get; init; } = 1.5;

    /// <summary>What a kin of an asked word counts, for its likeness.</summary>
    public double Kin { get; init; } = 0.8;

    /// <summary>The least likeness of a kin.</summary>
    public double LeastKinship { get; init; } = 0.5;

    /// <summary>The factor for messages of who is named in the query.</summary>
    public double Speaker { get; init; } = 1.4;

    /// <summary>The factor for messages that end with a question.</summary>
    public double Question { get; init; } = 0.75;

    /// <summary>The factor for messages that may hold the kind of answer that is asked for.</summary>
    public double Cue { get; init; } = 1.35;

    /// <summary>The power of a term's rarity in coverage.</summary>
    public double CoverageRarity { get; init; } = 2;

    /// <summary>What a term gains that is covered already, for each time.</summary>
    public double Repeated { get; init; } = 0.5;

    /// <summary>The power of a message's cost in coverage.</summary>
    public double CoverageCost { get; init; } = 1;

    /// <summary>Tokens that are added to a message's cost in coverage.</summary>
    public double CoverageOverhead { get; init; } = 5;

    /// <summary>What each name, identifier or quotation adds to a text's worth, of three at most.</summary>
    public double Entity { get; init; } = 0.2;

    /// <summary>What being a name or an identifier adds to a term's worth in coverage: by the term, so that whom everybody addresses counts as little as any common word.</summary>
    public double Name { get; init; } = 8;

    /// <summary>What each number adds, of two at most.</summary>
    public double Number { get; init; } = 0.3;

    /// <summary>What saying when adds.</summary>
    public double Time { get; init; } = 0.3;

    /// <summary>What a decision adds.</summary>
    public double Decision { get; init; } = 0.3;

    /// <summary>The factor for text that ends with a question: it tells less than what answers it.</summary>
    public double AskingText { get; init; } = 0.6;

    /// <summary>What a rule (always, never, only) adds to a user's sentence, and in work to a user's message.</summary>
    public double Rule { get; init; } = 0.5;

    /// <summary>The share of the budget for what a user wrote first: it mostly says what all is about.</summary>
    public double Task { get; init; } = 0.1;

    /// <summary>The same of the budget of a rolling head, which is itself a part of the whole.</summary>
    public double TaskInHead { get; init; } = 0.3;

    /// <summary>The most of the budget that what users lay down for all that follows may take.</summary>
    public double StandingRules { get; init; } = 0.15;

    /// <summary>The share of the budget for the last steps of work; the rest is for what is asked for, or says much and repeats nothing.</summary>
    public double RecentWork { get; init; } = 0.5;

    /// <summary>How much closeness to a last message that asks nothing adds to coverage.</summary>
    public double Closeness { get; init; } = 1;

    /// <summary>The share of the budget for what has to do with a last message that asks nothing.</summary>
    public double Mentioned { get; init; } = 0.03;

    /// <summary>The share of the budget for what was said last, where the last message is all there is to go by.</summary>
    public double Recent { get; init; } = 0.05;

    /// <summary>What a passage takes of the one, two and three before it.</summary>
    public (double First, double Second, double Third) FromBefore { get; init; } = (0.7, 0.4, 0.2);

    /// <summary>What a passage takes of the one, two and three after it.</summary>
    public (double First, double Second, double Third) FromAfter { get; init; } = (0.4, 0.3, 0.2);
}
