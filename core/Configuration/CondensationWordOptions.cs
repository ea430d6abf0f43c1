namespace ProxyCluster.Core.Configuration;

/// <summary>Words of one language that condensation looks for, beside the English ones (SPEC section 4). Whole words; letters' case does not count.</summary>
public sealed class CondensationWordOptions
{
    /// <summary>Make a message important (<c>temporal</c>), as <c>error</c> and <c>urgent</c> do. Default none.</summary>
    public IList<string> Importance { get; } = [];

    /// <summary>Make a sentence a key point (<c>structural</c>), as <c>conclusion</c> does. Default none.</summary>
    public IList<string> KeyPoints { get; } = [];

    /// <summary>Words that tell a topic (<c>semantic</c>), by its name: of <c>technical_issues</c>, <c>feature_discussion</c> and <c>questions_answers</c>, or of topics of your own, which are tried after these. Default none.</summary>
    public IDictionary<string, CondensationTopicOptions> Topics { get; } = new Dictionary<string, CondensationTopicOptions>(StringComparer.Ordinal);

    /// <summary>Tell when something is, as <c>yesterday</c> does. Default none.</summary>
    public IList<string> Times { get; } = [];

    /// <summary>Numbers in words. Default none.</summary>
    public IList<string> Numbers { get; } = [];

    /// <summary>Announce a decision or an agreement, as <c>agreed</c> does. Default none.</summary>
    public IList<string> Decisions { get; } = [];

    /// <summary>Open a question or a request, as <c>who</c> and <c>explain</c> do. Default none.</summary>
    public IList<string> Asks { get; } = [];

    /// <summary>Say what is to be done always or never. Default none.</summary>
    public IList<string> Rules { get; } = [];

    /// <summary>Words or phrases that say that something holds for all that follows, as <c>from now on</c> does. Default none.</summary>
    public IList<string> Lasting { get; } = [];

    /// <summary>Take back what was said, as <c>instead</c> does. Default none.</summary>
    public IList<string> Corrections { get; } = [];

    /// <summary>Say that something is not so, as <c>not</c> and <c>never</c> do; a summary is held against them where the language is known by its stop words. Default none.</summary>
    public IList<string> Denials { get; } = [];

    /// <summary>Say too little to be looked for, as <c>the</c> does. Default none.</summary>
    public IList<string> Stop { get; } = [];
}
