using System.Collections.Frozen;
using System.Collections.Immutable;
using ProxyCluster.Core.Configuration;

namespace ProxyCluster.Core.Condensation;

/// <summary>Words that condensation looks for. The default ones are English (SPEC section 4); each only adds to a score, so that text in any other language is judged by all else.</summary>
public sealed record CondensationWords
{
    /// <summary>The words of the specification, and common English ones.</summary>
    public static CondensationWords English { get; } = WithEnglish(new CondensationWords());

    /// <summary>Make a message important (<c>temporal</c>).</summary>
    public ImmutableArray<string> Importance { get; init; } = ["error", "bug", "fix", "important", "critical", "urgent"];

    /// <summary>Make a sentence a key point (<c>structural</c>).</summary>
    public ImmutableArray<string> KeyPoints { get; init; } = ["important", "critical", "must", "required", "key", "summary", "conclusion", "result", "outcome"];

    /// <summary>Topics, in the order in which they are tried; what fits none is <c>general_discussion</c>.</summary>
    public ImmutableArray<TopicWords> Topics { get; init; } =
    [
        new("technical_issues", ["error", "bug", "issue", "problem"]),
        new("feature_discussion", ["feature", "implement", "add"]),
        new("questions_answers", ["question", "how", "what", "why"]),
    ];

    /// <summary>Tell when something is.</summary>
    public FrozenSet<string> Times { get; init; } = Set(
        "yesterday today tomorrow tonight ago last next week weekend month year morning recently since just monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october november december");

    /// <summary>Numbers in words.</summary>
    public FrozenSet<string> Numbers { get; init; } = Set("two three four five six seven eight nine ten eleven twelve hundred thousand million once twice couple few several half");

    /// <summary>Announce a decision, an agreement or an obligation.</summary>
    public FrozenSet<string> Decisions { get; init; } = Set("decided decide decision agreed agree agreement chose chosen settled confirmed conclusion plan planned must deadline promise");

    /// <summary>Ask for a time.</summary>
    public FrozenSet<string> AsksTime { get; init; } = Set("when date day month year");

    /// <summary>Ask for a number, after <c>how</c>.</summary>
    public FrozenSet<string> AsksNumber { get; init; } = Set("many much old often long");

    /// <summary>Open a request, or a question that has no mark.</summary>
    public FrozenSet<string> Asks { get; init; } = Set("who what when where which why how whose tell show give find list explain remind recall repeat summarize summarise remember");

    /// <summary>Say what is to be done always, only so, or never.</summary>
    public FrozenSet<string> Rules { get; init; } = Set("always never must only don mustn shouldn cannot forbidden avoid ensure require");

    /// <summary>Words or phrases that say that something holds for all that follows.</summary>
    public ImmutableArray<string> Lasting { get; init; } =
        ["from now on", "from here on", "from this point on", "from then on", "going forward", "in future", "any more", "anymore", "at all times", "at any time", "under no circumstances", "for the rest of"];

    /// <summary>Say of whom something is told: what is told is no order.</summary>
    public FrozenSet<string> Persons { get; init; } = Set("i we he she it they who there");

    /// <summary>Take back what was said, or say it anew.</summary>
    public FrozenSet<string> Corrections { get; init; } = Set("no not actually instead rather sorry correction meant mistake wrong");

    /// <summary>Say that something is not so.</summary>
    public FrozenSet<string> Denials { get; init; } = Set("not no never none nothing nobody nowhere neither nor without cannot t");

    /// <summary>Each language by itself, as far as its words are known.</summary>
    public ImmutableArray<LanguageWords> Languages { get; init; } = [];

    /// <summary>Say too little to be looked for.</summary>
    public FrozenSet<string> Stop { get; init; } = Set(
        "a an the and or but if of at by for with about to from in on is are was were be been am it its this that these those i you he she they we me him her them us my your his their our as so do does did have has had what when where who whose which why how there here not no yes would could should can will just also than then too very s t re ve ll d m");

    /// <summary>These, and those of the configuration.</summary>
    /// <param name="languages">Words by language; which is which does not matter, since a conversation may hold several.</param>
    public CondensationWords With(IEnumerable<CondensationWordOptions> languages)
    {
        var all = languages.ToArray();
        return all.Length == 0 ? this : this with
        {
            Importance = Join(Importance, all, static one => one.Importance),
            KeyPoints = Join(KeyPoints, all, static one => one.KeyPoints),
            Topics = Join(Topics, all.SelectMany(static one => one.Topics)),
            Times = Join(Times, all, static one => one.Times),
            Numbers = Join(Numbers, all, static one => one.Numbers),
            Decisions = Join(Decisions, all, static one => one.Decisions),
            Asks = Join(Asks, all, static one => one.Asks),
            Rules = Join(Rules, all, static one => one.Rules),
            Lasting = Join(Lasting, all, static one => one.Lasting),
            Corrections = Join(Corrections, all, static one => one.Corrections),
            Stop = Join(Stop, all, static one => one.Stop),
            Denials = Join(Denials, all, static one => one.Denials),
            Languages = [.. Languages, .. all.Where(static one => one.Stop.Count > 0).Select(static one => new LanguageWords(one.Stop, one.Numbers, one.Denials))],
        };
    }

    private static CondensationWords WithEnglish(CondensationWords own) => own with { Languages = [new LanguageWords(own.Stop, own.Numbers, own.Denials)] };

    private static ImmutableArray<string> Join(ImmutableArray<string> own, CondensationWordOptions[] more, Func<CondensationWordOptions, IList<string>> list) =>
        [.. own.Concat(more.SelectMany(list)).Distinct(StringComparer.OrdinalIgnoreCase)];

    // A name that is known gets more words; others are tried after those that are.
    private static ImmutableArray<TopicWords> Join(ImmutableArray<TopicWords> own, IEnumerable<KeyValuePair<string, CondensationTopicOptions>> more)
    {
        var topics = own.ToBuilder();
        foreach (var (name, topic) in more)
        {
            if (!topics.Any(known => known.Name == name))
            {
                topics.Add(new TopicWords(name, []));
            }

            var at = topics.IndexOf(topics.First(known => known.Name == name));
            topics[at] = topics[at] with { Words = [.. topics[at].Words.Concat(topic.Words).Distinct(StringComparer.OrdinalIgnoreCase)] };
        }

        return topics.ToImmutable();
    }

    private static FrozenSet<string> Join(FrozenSet<string> own, CondensationWordOptions[] more, Func<CondensationWordOptions, IList<string>> list) =>
        own.Concat(more.SelectMany(list)).ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static FrozenSet<string> Set(string words) => words.Split(' ').ToFrozenSet(StringComparer.OrdinalIgnoreCase);
}

/// <summary>A topic and the words that tell it.</summary>
/// <param name="Name">For example <c>technical_issues</c>.</param>
/// <param name="Words">Any of these, as whole words.</param>
public sealed record TopicWords(string Name, ImmutableArray<string> Words);
