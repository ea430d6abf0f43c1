using System.Text;

namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Keeps what users lay down for all that follows: sets a bounded share of the budget aside for it, and spends that on the rules
/// of messages that nothing else has kept, the newest first: of two rules that contradict each other the later one holds.
/// </summary>
internal sealed class RuleSelection
{
    private const int MostRules = 64;

    // Little more than its rules: the message stays as it was written.
    private const double WholeUpTo = 1.5;

    private readonly Draft _draft;
    private readonly StandingRules _rules;
    private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<TextSegment> _segments = [];
    private List<(int Unit, string Text, int Tokens)> _found = [];
    private int _aside;

    /// <summary>Begins.</summary>
    /// <param name="draft">What is kept so far.</param>
    /// <param name="rules">Tells rules.</param>
    public RuleSelection(Draft draft, StandingRules rules) => (_draft, _rules) = (draft, rules);

    /// <summary>Looks for rules, and sets tokens aside for them.</summary>
    /// <param name="signs">What was seen in each unit.</param>
    /// <param name="room">Tokens at most.</param>
    public void SetAside(ReadOnlySpan<Salience.Signs> signs, int room)
    {
        _found = Find(signs);
        var around = GapMarks.MostAroundPart(_draft.Request.Counter);
        _aside = _draft.SetAside((int)Math.Min(room, _found.Sum(one => (long)(StaysWhole(one.Unit, one.Tokens) ? _draft.Units[one.Unit].Tokens : one.Tokens) + around)));
    }

    /// <summary>Keeps the rules of messages that nothing else has kept: what could stay whole has by now.</summary>
    /// <param name="kept">Is told of each unit that stays for them.</param>
    public void Keep(Action<int> kept)
    {
        _draft.TakeBack(_aside);
        var shortest = _found.Count == 0 ? 0 : _found.Min(static one => one.Tokens);
        foreach (var (unit, text, tokens) in _found)
        {
            _draft.Request.GivenUp.ThrowIfCancellationRequested();
            if (_draft.Left < shortest)
            {
                return;
            }

            if (StaysWhole(unit, tokens) ? _draft.TryKeep(unit) : _draft.TryKeepPart(unit, text))
            {
                kept(unit);
            }
        }
    }

    private bool StaysWhole(int unit, int tokens) => !_draft.Units[unit].IsDivisible || _draft.Units[unit].Tokens <= tokens * WholeUpTo;

    // Of each unit that is not kept what its rules say, the newest first; those that only look like rules after all others.
    private List<(int Unit, string Text, int Tokens)> Find(ReadOnlySpan<Salience.Signs> signs)
    {
        var (found, byForm) = (new List<(int Unit, string Text, int Tokens)>(), new List<(int Unit, string Text, int Tokens)>());
        for (var unit = signs.Length - 1; unit >= 0 && found.Count < MostRules; unit--)
        {
            _draft.Request.GivenUp.ThrowIfCancellationRequested();
            if (!_draft.Units[unit].IsUser)
            {
                continue;
            }

            var said = SaidIn(unit);
            if (_rules.MayBeIn(said, signs[unit]) && RulesOf(said, out var isByForm) is { } text && !_draft.Keeps(unit) && (!isByForm || byForm.Count < MostRules))
            {
                (isByForm ? byForm : found).Add((unit, text, MessageCost.OfMessage + MessageCost.OfText(text, _draft.Request.Counter, _draft.Request.GivenUp)));
            }
        }

        return [.. found, .. byForm];
    }

    // A user's words; beside results of tools only these.
    private string SaidIn(int unit)
    {
        var one = _draft.Units[unit];
        for (var i = one.End - 1; i >= one.First; i--)
        {
            if (_draft.Messages[i].OwnText is { } own)
            {
                return own;
            }
        }

        return _draft.Messages[one.First].Text;
    }

    // The rules of a text in their order, with a mark where something is left out between; null: it has none that is not said later.
    private string? RulesOf(string said, out bool isByForm)
    {
        isByForm = false;
        _segments.Clear();
        TextSegments.Cut(said, _segments, _draft.Request.GivenUp);
        var text = new StringBuilder();
        var before = -1;
        for (var i = 0; i < _segments.Count; i++)
        {
            var sentence = _segments[i].Of(said);
            if (_segments[i].Kind != SegmentKind.Sentence)
            {
                continue;
            }

            var isByWords = _rules.IsByWords(sentence);
            isByForm = !isByWords && _segments.Count == 1 && _rules.IsByForm(sentence);
            if (!(isByWords || isByForm) || !_seen.Add(sentence.ToString()))
            {
                continue;
            }

            text.Append(before < 0 ? "" : before == i - 1 ? said.AsSpan(_segments[before].End, _segments[i].Start - _segments[before].End) : Extractor.Gap);
            text.Append(sentence);
            before = i;
        }

        return before < 0 ? null : text.ToString();
    }
}
