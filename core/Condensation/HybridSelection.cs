namespace ProxyCluster.Core.Condensation;

/// <summary>
/// What <c>hybrid</c> keeps: what a user wrote first; then what the question has to do with; then what says much and repeats
/// nothing. Work goes on from its last steps: a share of the budget is for these.
/// </summary>
internal sealed class HybridSelection
{
    private const int SmallestPart = 40;
    private const int LongUnit = 200;
    private const int MostParts = 16;

    private readonly Draft _draft;
    private readonly HybridWeights _weights;
    private readonly LexicalIndex _index;
    private readonly string[] _texts;
    private readonly Salience.Signs[] _signs;
    private readonly Wish _wish;
    private readonly bool _isWork;
    private readonly double[] _asked;
    private readonly Extractor _extractor;
    private readonly Coverage _coverage;
    private RuleSelection? _rules;

    /// <summary>Reads the conversation.</summary>
    public HybridSelection(Draft draft)
    {
        (_draft, _weights) = (draft, draft.Request.Weights);
        var count = draft.Units.Length;
        _texts = new string[count];
        _signs = new Salience.Signs[count];
        _index = new LexicalIndex(draft.Request.Words, draft.Characters, draft.Request.GivenUp);
        for (var unit = 0; unit < count; unit++)
        {
            draft.Request.GivenUp.ThrowIfCancellationRequested();
            _texts[unit] = draft.RankedTextOf(unit);
            _signs[unit] = _index.Add(_texts[unit]);
        }

        _wish = Wish.Of(draft.Request, ConversationUnits.LastUserText(draft.Messages), _index);
        _asked = Relevance.WeighTerms(_index, _wish.Text, _weights, draft.Request.GivenUp);
        _isWork = Work.Is(draft, _texts, _signs);
        _extractor = new Extractor(_index, _asked, draft.Request.Counter, draft.Request.GivenUp);
        _coverage = new Coverage(_index, Factors(), Costs(), _weights);
    }

    /// <summary>Spends the draft's budget. To be called once.</summary>
    public void Run()
    {
        for (var unit = 0; unit < _texts.Length; unit++)
        {
            if (_draft.Keeps(unit))
            {
                _coverage.Cover(unit);
            }
        }

        if (string.IsNullOrEmpty(_draft.Request.Query))
        {
            KeepTask();
            SetAsideForRules();
            KeepRecent();
        }

        if (_wish.Share > 0)
        {
            KeepRelevant(_wish.Share);
        }

        _coverage.Offer(Enumerable.Range(0, _texts.Length), _draft.CanKeep, _draft.TryKeep);
        _rules?.Keep(_coverage.Cover);
        KeepParts();
        _coverage.GiveBack();
        _index.GiveBack();
    }

    private int[] Costs() => Array.ConvertAll([.. _draft.Units], unit => unit.Tokens);

    // What a last message that asks nothing is about is preferred; in work, so is what a user says to do always, or never.
    private double[] Factors()
    {
        var factors = Array.ConvertAll(_signs, signs => signs.FactorBy(_weights));
        for (var unit = 0; unit < factors.Length && _isWork; unit++)
        {
            factors[unit] *= _draft.Units[unit].IsUser && _signs[unit].HasRule ? 1 + _weights.Rule : 1;
        }

        if (_weights.Closeness > 0 && !_wish.IsAsked && _wish.Text.Length > 0)
        {
            var relevance = Relevance.Of(_index, _asked, _weights);
            var most = Math.Max(1, _asked.Sum());
            for (var unit = 0; unit < factors.Length; unit++)
            {
                factors[unit] *= 1 + (_weights.Closeness * relevance[unit] / most);
            }
        }

        return factors;
    }

    // What a user wrote first, and never says again.
    private void KeepTask()
    {
        var first = 0;
        while (first < _texts.Length && !_draft.Units[first].IsUser)
        {
            first++;
        }

        var allowance = (int)(_draft.Request.Budget * (_draft.Request.Query is null ? _weights.Task : _weights.TaskInHead));
        if (first < _texts.Length && ((_draft.Units[first].Tokens <= allowance && _draft.TryKeep(first)) || (!_draft.Keeps(first) && TryPart(first, allowance))))
        {
            _coverage.Cover(first);
        }
    }

    // What holds for all that follows, and is said once. Talk ("that must have been great", "not any more") tells more often than it rules.
    private void SetAsideForRules()
    {
        if (_isWork)
        {
            _rules = new RuleSelection(_draft, new StandingRules(_index, _draft.Request.Words));
            _rules.SetAside(_signs, (int)(_draft.Request.Budget * _weights.StandingRules));
        }
    }

    // What the last message answers.
    private void KeepOpenQuestion()
    {
        var last = _texts.Length - 1;
        while (last >= 0 && !_draft.Units[last].IsUser)
        {
            last--;
        }

        do
        {
            last--;
        }
        while (last >= 0 && _draft.Units[last].IsSystem);

        if (last >= 0 && !_draft.Units[last].IsUser && _signs[last].IsQuestion && _draft.Units[last].Tokens <= _draft.Left / 2 && _draft.TryKeep(last))
        {
            _coverage.Cover(last);
        }
    }

    // Without a gap: what was said last makes sense only together.
    private void KeepRecent()
    {
        var isHead = _draft.Request.Query is not null;
        if (!isHead)
        {
            KeepOpenQuestion();
        }

        var share = _isWork ? _weights.RecentWork : isHead ? 0 : _weights.Recent;
        var reserve = (int)(_draft.Left * (1 - share));
        for (var unit = _texts.Length - 1; unit >= 0; unit--)
        {
            if (_draft.Keeps(unit))
            {
                continue;
            }

            if (_draft.Left - _draft.Units[unit].Tokens < reserve || !_draft.TryKeep(unit))
            {
                return;
            }

            _coverage.Cover(unit);
        }
    }

    private void KeepRelevant(double share)
    {
        var reserve = (int)(_draft.Left * (1 - share));
        var scores = Relevance.Of(_index, _asked, _weights);
        Weigh(scores);
        var leastLong = Math.Max(LongUnit, _draft.Request.Budget / 4);
        foreach (var unit in ByScore(scores))
        {
            if (scores[unit] <= 0 || _draft.Left - reserve < SmallestPart)
            {
                return;
            }

            var isLong = _draft.Units[unit].Tokens > leastLong;
            if ((isLong && TryPart(unit, Math.Min(_draft.Request.Budget / 4, _draft.Left - reserve)))
                || (_draft.Left - _draft.Units[unit].Tokens >= reserve && _draft.TryKeep(unit)))
            {
                _coverage.Cover(unit);
            }
        }
    }

    private void Weigh(double[] scores)
    {
        var cue = QueryCue.Of(_wish.Text, _index);
        for (var unit = 0; unit < scores.Length; unit++)
        {
            if (scores[unit] <= 0)
            {
                continue;
            }

            var name = Speaker.Of(_draft.Messages[_draft.Units[unit].First]);
            scores[unit] *= (!name.IsEmpty && _wish.Text.AsSpan().Contains(name, StringComparison.OrdinalIgnoreCase) ? _weights.Speaker : 1)
                * (_signs[unit].IsQuestion ? _weights.Question : 1)
                * (cue.IsMetBy(_signs[unit]) ? _weights.Cue : 1);
        }
    }

    private void KeepParts()
    {
        if (_draft.Left < SmallestPart)
        {
            return;
        }

        var gains = new double[_texts.Length];
        for (var unit = 0; unit < gains.Length; unit++)
        {
            gains[unit] = _coverage.GainOf(unit);
        }

        var tries = 0;
        foreach (var unit in ByScore(gains))
        {
            if (_draft.Left < SmallestPart || tries == MostParts)
            {
                return;
            }

            if (!_draft.Keeps(unit) && _draft.Units[unit].IsDivisible)
            {
                tries++;
                TryPart(unit, _draft.Left);
            }
        }
    }

    // The best first; of equals the newest.
    private static int[] ByScore(double[] scores)
    {
        var order = new int[scores.Length];
        for (var i = 0; i < order.Length; i++)
        {
            order[i] = i;
        }

        Array.Sort(order, (a, b) => scores[a] == scores[b] ? b.CompareTo(a) : scores[b].CompareTo(scores[a]));
        return order;
    }

    private bool TryPart(int unit, int allowance)
    {
        if (!_draft.Units[unit].IsDivisible || Math.Min(allowance, _draft.Left) < SmallestPart)
        {
            return false;
        }

        _draft.Request.GivenUp.ThrowIfCancellationRequested();
        return _extractor.Shorten(_texts[unit], Math.Min(allowance, _draft.Left) - MessageCost.OfMessage - 1, _draft.Units[unit].IsUser ? _weights.Rule : 0) is { } part && _draft.TryKeepPart(unit, part);
    }
}
