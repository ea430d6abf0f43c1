using System.Collections.Immutable;

namespace ProxyCluster.Core.Condensation;

/// <summary>
/// What <c>hybrid</c> keeps. Talk is searched: first what the question has to do with, then what says much and repeats
/// nothing. Work, where code and tools make most of the conversation, goes on from its last steps: these are kept first.
/// </summary>
internal sealed class HybridSelection
{
    private const double ShareOfWork = 0.25;
    private const double RecentShare = 0.10;
    private const double OfSpeaker = 1.4;
    private const double OfQuestion = 0.75;
    private const double OfCue = 1.3;
    private const int SmallestPart = 40;
    private const int LongUnit = 200;
    private const int MostParts = 16;

    private readonly Draft _draft;
    private readonly LexicalIndex _index = new();
    private readonly string[] _texts;
    private readonly Salience.Signs[] _signs;
    private readonly Coverage _coverage;

    public HybridSelection(Draft draft)
    {
        _draft = draft;
        var count = draft.Units.Length;
        _texts = new string[count];
        _signs = new Salience.Signs[count];
        var factors = new double[count];
        var costs = new int[count];
        for (var unit = 0; unit < count; unit++)
        {
            _texts[unit] = draft.TextOf(unit);
            _index.Add(_texts[unit]);
            _signs[unit] = Salience.Of(_texts[unit], draft.Request.Words);
            factors[unit] = _signs[unit].Factor;
            costs[unit] = draft.Units[unit].Tokens;
        }

        _coverage = new Coverage(_index, factors, costs);
    }

    /// <summary>Spends the draft's budget.</summary>
    public void Run()
    {
        var explicitly = _draft.Request.Query;
        var query = explicitly ?? LastUserText();
        for (var unit = 0; unit < _texts.Length; unit++)
        {
            if (_draft.Keeps(unit))
            {
                _coverage.Cover(unit);
            }
        }

        double[] weights = query.Length > 0 ? Relevance.WeighTerms(_index, query, _draft.Request.Words) : [];
        var extractor = new Extractor(_index, weights, _draft.Request.Words, _draft.Request.Counter);
        if (explicitly is null)
        {
            KeepRecent(IsWork() ? 1 : RecentShare, extractor);
        }

        if (explicitly is not null || Salience.IsQuestion(query))
        {
            KeepRelevant(query, weights, extractor);
        }

        _coverage.Offer(Enumerable.Range(0, _texts.Length).Where(unit => !_draft.Keeps(unit)), _draft.TryKeep);
        KeepParts(Enumerable.Range(0, _texts.Length).OrderByDescending(_coverage.GainOf).ThenByDescending(unit => unit), extractor);
    }

    private string LastUserText() =>
        ConversationUnits.LastUser(_draft.Messages) is >= 0 and var last ? _draft.Messages[last].Text : "";

    private bool IsWork()
    {
        var (work, all) = (0, 0);
        for (var unit = 0; unit < _texts.Length; unit++)
        {
            if (_draft.Messages[_draft.Units[unit].First].Role == MessageRole.System)
            {
                continue;
            }

            all++;
            work += _draft.Units[unit].Count > 1 || !_draft.Messages[_draft.Units[unit].First].Calls.IsEmpty || _texts[unit].Contains("```", StringComparison.Ordinal) ? 1 : 0;
        }

        return all > 0 && work >= ShareOfWork * all;
    }

    // Without a gap: what was said last makes sense only together.
    private void KeepRecent(double share, Extractor extractor)
    {
        var reserve = (int)(_draft.Left * (1 - share));
        for (var unit = _texts.Length - 1; unit >= 0; unit--)
        {
            if (_draft.Keeps(unit))
            {
                continue;
            }

            if (_draft.Left - _draft.Units[unit].Tokens >= reserve && _draft.TryKeep(unit))
            {
                _coverage.Cover(unit);
                continue;
            }

            if (share >= 1)
            {
                TryPart(unit, _draft.Left, extractor);
            }

            return;
        }
    }

    private void KeepRelevant(string query, double[] weights, Extractor extractor)
    {
        var scores = Relevance.Of(_index, weights);
        Weigh(scores, query);
        foreach (var unit in Enumerable.Range(0, scores.Length).OrderByDescending(unit => scores[unit]).ThenByDescending(unit => unit))
        {
            if (scores[unit] <= 0 || _draft.Left < SmallestPart)
            {
                return;
            }

            var isLong = _draft.Units[unit].Tokens > Math.Max(LongUnit, _draft.Request.Budget / 4);
            if ((isLong && TryPart(unit, _draft.Request.Budget / 4, extractor)) || _draft.TryKeep(unit))
            {
                _coverage.Cover(unit);
            }
        }
    }

    private void Weigh(double[] scores, string query)
    {
        var cue = QueryCue.Of(query, _draft.Request.Words);
        for (var unit = 0; unit < scores.Length; unit++)
        {
            var name = Speaker.Of(_draft.Messages[_draft.Units[unit].First]);
            scores[unit] *= (!name.IsEmpty && query.AsSpan().Contains(name, StringComparison.OrdinalIgnoreCase) ? OfSpeaker : 1)
                * (_signs[unit].IsQuestion ? OfQuestion : 1)
                * (cue.IsMetBy(_signs[unit]) ? OfCue : 1);
        }
    }

    private void KeepParts(IEnumerable<int> units, Extractor extractor)
    {
        var tries = 0;
        foreach (var unit in units.ToImmutableArray())
        {
            if (_draft.Left < SmallestPart || tries == MostParts)
            {
                return;
            }

            if (!_draft.Keeps(unit) && _draft.Units[unit].Tokens > _draft.Left && _draft.Units[unit].IsDivisible)
            {
                tries++;
                TryPart(unit, _draft.Left, extractor);
            }
        }
    }

    private bool TryPart(int unit, int allowance, Extractor extractor)
    {
        if (!_draft.Units[unit].IsDivisible || Math.Min(allowance, _draft.Left) < SmallestPart)
        {
            return false;
        }

        return extractor.Shorten(_texts[unit], Math.Min(allowance, _draft.Left) - MessageCost.OfMessage - 1) is { } part && _draft.TryKeepPart(unit, part);
    }
}
