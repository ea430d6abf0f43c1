using System.Collections.Immutable;

namespace ProxyCluster.Core.Condensation;

/// <summary>What <c>semantic</c> keeps: a summary of each topic of over three messages, and the messages of smaller ones.</summary>
internal sealed class SemanticSelection
{
    private const int LargestKept = 3;
    private const int LeastAllowance = 32;
    private const int SeparatorTokens = 2;
    private const int FirstPieces = 256;
    private const int PiecesOfUnit = 8;

    // Of what is left; the rest is for the messages of small topics and what summaries do not use.
    private const double ShareOfSummaries = 0.85;

    private readonly Draft _draft;
    private readonly string?[] _texts;
    private readonly LexicalIndex _index;
    private readonly double[] _factors;
    private readonly List<(string Name, List<int> Units)> _large = [];
    private readonly List<int> _small = [];
    private readonly ImmutableArray<Topic> _topics;
    private readonly ImmutableArray<int> _offered;

    // Units of which sentences stand in a summary word for word, and those of topics that a model's summary tells of.
    private readonly HashSet<int> _quoted = [];
    private readonly HashSet<int> _told = [];

    public SemanticSelection(Draft draft)
    {
        _draft = draft;
        _texts = new string?[draft.Units.Length];
        _factors = new double[_texts.Length];
        _index = new LexicalIndex(draft.Request.Words, draft.Characters, draft.Request.GivenUp);
        for (var unit = 0; unit < _texts.Length; unit++)
        {
            draft.Request.GivenUp.ThrowIfCancellationRequested();
            var text = draft.TextOf(unit);
            _factors[unit] = _index.Add(draft.RankedTextOf(unit)).FactorBy(draft.Request.Weights);
            _texts[unit] = draft.Keeps(unit) ? null : text;
        }

        foreach (var topic in Condensation.Topics.Of(_texts, _index, draft.Request.Words))
        {
            if (topic.Units.Count > LargestKept)
            {
                _large.Add(topic);
            }
            else
            {
                _small.AddRange(topic.Units);
            }
        }

        _topics = Allow();
        _offered = Offer();
        Topics = [.. _offered.Select(topic => _topics[topic])];
    }

    /// <summary>Topics of over three messages that a model may summarise.</summary>
    public ImmutableArray<Topic> Topics { get; }

    /// <summary>Spends the draft's budget: summaries first, then the messages of small topics, then whatever else still fits.</summary>
    /// <param name="summaries">As written by a model, in the order of <see cref="Topics"/>.</param>
    /// <returns>The indices of messages that a summary tells of or quotes.</returns>
    public ImmutableArray<int> Run(IReadOnlyList<string?> summaries)
    {
        var sections = Sections(summaries);
        var text = string.Join("\n\n", sections.OfType<string>());
        if (text.Length == 0 || !_draft.TryAddSummary(text))
        {
            Array.Clear(sections);
            _quoted.Clear();
            _told.Clear();
        }

        var coverage = new Coverage(_index, _factors, [.. _draft.Units.Select(unit => unit.Tokens)], _draft.Request.Weights);
        foreach (var unit in _quoted)
        {
            coverage.Cover(unit);
        }

        var summarised = sections.SelectMany((section, i) => section is null ? [] : _large[i].Units).ToList();
        coverage.Offer(_small.Concat(_large.SelectMany(topic => topic.Units)).Except(summarised), _draft.CanKeep, _draft.TryKeep);
        coverage.Offer(summarised.Where(unit => !_quoted.Contains(unit)), _draft.CanKeep, _draft.TryKeep);
        coverage.GiveBack();
        _index.GiveBack();
        return [.. _told.Union(_quoted).Where(unit => !_draft.Keeps(unit)).SelectMany(unit => _draft.Units[unit].Messages).Order()];
    }

    // What a model's summaries do not use of their shares is for the sentences of the other topics.
    private string?[] Sections(IReadOnlyList<string?> summaries)
    {
        var sections = new string?[_topics.Length];
        var left = _draft.SummaryRoom;
        var spare = 0;
        for (var i = 0; i < Math.Min(summaries.Count, _offered.Length); i++)
        {
            var (topic, room) = (_offered[i], left);
            if (TryPlace(sections, topic, Fitting(summaries[i], _topics[topic].Allowance), ref left))
            {
                _told.UnionWith(_large[topic].Units);
                spare += Math.Max(0, _topics[topic].Allowance - (room - left));
            }
        }

        var shares = _topics.Where((_, topic) => sections[topic] is null).Sum(topic => topic.Allowance);
        for (var i = 0; i < sections.Length; i++)
        {
            if (sections[i] is null)
            {
                var allowance = _topics[i].Allowance + (int)((double)spare * _topics[i].Allowance / shares);
                var quoted = new List<int>();
                if (TryPlace(sections, i, Extract(_large[i].Units, allowance, quoted), ref left))
                {
                    _quoted.UnionWith(quoted);
                }
            }
        }

        return sections;
    }

    private bool TryPlace(string?[] sections, int topic, string? body, ref int left)
    {
        var section = body is null ? null : $"Topic: {_topics[topic].Name}\n{body}";
        var cost = MessageCost.OfText(section, _draft.Request.Counter) + SeparatorTokens;
        if (section is null || cost > left)
        {
            return false;
        }

        sections[topic] = section;
        left -= cost;
        return true;
    }

    private ImmutableArray<Topic> Allow()
    {
        var all = _large.Sum(topic => topic.Units.Sum(unit => (long)_draft.Units[unit].Tokens));
        var left = Math.Max(0, _draft.SummaryRoom) * ShareOfSummaries;
        return
        [
            .. _large.Select(topic => new Topic(
                topic.Name,
                [.. topic.Units.SelectMany(unit => _draft.Units[unit].Messages)],
                Math.Max(LeastAllowance, (int)(left * topic.Units.Sum(unit => (long)_draft.Units[unit].Tokens) / Math.Max(1, all))))),
        ];
    }

    // The largest, while there is room for what all of them may take: a summary that cannot be placed is not to be paid for.
    private ImmutableArray<int> Offer()
    {
        var offered = ImmutableArray.CreateBuilder<int>();
        var left = _draft.SummaryRoom;
        foreach (var topic in Enumerable.Range(0, _topics.Length).OrderByDescending(topic => _topics[topic].Allowance))
        {
            left -= _topics[topic].Allowance;
            if (left < 0)
            {
                break;
            }

            offered.Add(topic);
        }

        offered.Sort();
        return offered.DrainToImmutable();
    }

    // A model's summary that is too long is shortened like any text.
    private string? Fitting(string? summary, int allowance)
    {
        if (string.IsNullOrWhiteSpace(summary))
        {
            return null;
        }

        var room = allowance - HeadTokens;
        return MessageCost.OfText(summary, _draft.Request.Counter) <= room
            ? summary.Trim()
            : new Extractor(_index, [], _draft.Request.Counter, _draft.Request.GivenUp).Shorten(summary, room);
    }

    private const int HeadTokens = 16;

    // Sentences of all its messages that say much and repeat nothing, in their order; tells which messages they are of.
    private string? Extract(List<int> units, int allowance, List<int> quoted)
    {
        var pieces = new PooledList<Quote>(FirstPieces);
        var costs = new PooledList<int>(FirstPieces);
        var leads = new PooledList<int>(FirstPieces);
        var factors = new List<double>(units.Count * PiecesOfUnit);
        var index = new LexicalIndex(_index, units.Sum(unit => _texts[unit]!.Length));
        var segments = new List<TextSegment>();
        var around = Quotes.MostAround(_draft.Request.Counter);
        foreach (var unit in units)
        {
            _draft.Request.GivenUp.ThrowIfCancellationRequested();
            segments.Clear();
            TextSegments.Cut(_texts[unit], segments, _draft.Request.GivenUp);
            var first = pieces.Count;
            var ownLeads = LeadIns.Of(_texts[unit], segments);
            for (var i = 0; i < segments.Count; i++)
            {
                leads.Add(ownLeads[i] < 0 ? -1 : first + ownLeads[i]);
                pieces.Add(new Quote(unit, i, i == segments.Count - 1, segments[i]));
                factors.Add(index.Add(segments[i].Of(_texts[unit])).FactorBy(_draft.Request.Weights));
                costs.Add(MessageCost.OfText(segments[i].Of(_texts[unit]), _draft.Request.Counter, _draft.Request.GivenUp) + around + LeftOut.CostIn(_draft, unit));
            }
        }

        var left = allowance - HeadTokens;
        var chosen = new SortedSet<int>();
        var coverage = new Coverage(index, [.. factors], costs.Span, _draft.Request.Weights);
        coverage.Offer(
            Enumerable.Range(0, pieces.Count),
            piece =>
            {
                _draft.Request.GivenUp.ThrowIfCancellationRequested();
                return !chosen.Contains(piece) && CostWithLeads(piece) <= left;
            },
            piece =>
            {
                left -= CostWithLeads(piece);
                for (var i = piece; i >= 0 && chosen.Add(i); i = leads[i])
                {
                }

                return true;
            });
        quoted.AddRange(chosen.Select(piece => pieces[piece].Unit));
        var text = chosen.Count == 0 ? null : Quotes.Join(_draft, chosen.Select(piece => pieces[piece]));
        coverage.GiveBack();
        index.GiveBack();
        pieces.GiveBack();
        costs.GiveBack();
        leads.GiveBack();
        return text;

        // What announces a piece stays with it.
        int CostWithLeads(int piece)
        {
            var sum = 0;
            for (var i = piece; i >= 0 && !chosen.Contains(i); i = leads[i])
            {
                sum += costs[i];
            }

            return sum;
        }
    }
}
