using System.Collections.Immutable;

namespace ProxyCluster.Core.Condensation;

/// <summary>A result in the making: what stays, what of it in part, and what is left of the budget.</summary>
internal sealed class Draft
{
    // What a tool or a model said must not come to stand as the user's own words.
    private const string Introduction = "[Earlier messages and results of tools in short, for reference:]\n";

    // A chain of corrections may be as long as the conversation.
    private const int MostTogether = 64;

    private readonly bool[] _kept;
    private readonly string?[] _parts;
    private readonly GapMarks _marks;
    private readonly KeptUnits _speaking;
    private readonly int[] _corrections;
    private readonly int[] _thoughts;
    private readonly string?[] _texts;
    private string? _summary;

    /// <summary>Begins with what must stay.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="units">Its units.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="follows">What is said after all of them; <see langword="null"/>: nothing.</param>
    public Draft(IReadOnlyList<ConversationMessage> messages, ImmutableArray<Unit> units, CondensationRequest request, ConversationMessage? follows = null)
    {
        (Messages, Units, Request) = (messages, units, request);
        _kept = new bool[units.Length];
        (_parts, _texts) = (new string?[units.Length], new string?[units.Length]);
        (_marks, _speaking) = (new GapMarks(messages, units, request.Counter, follows), new KeptUnits(units.Length));
        _corrections = Corrections.Of(messages, units, request.Words, request.GivenUp);
        _thoughts = RunningThoughts.Of(units.AsSpan());
        Least = MessageCost.OfConversation + _marks.CostBetween(-1, units.Length);
        for (var i = 0; i < units.Length; i++)
        {
            Characters += units[i].CharactersIn(messages);
            if (units[i].IsPinned)
            {
                Least += CostWith(i, units[i].Tokens);
                Add(i);
            }
        }

        Left = request.Budget - Least;
    }

    /// <summary>The conversation.</summary>
    public IReadOnlyList<ConversationMessage> Messages { get; }

    /// <summary>Its units.</summary>
    public ImmutableArray<Unit> Units { get; }

    /// <summary>What is asked.</summary>
    public CondensationRequest Request { get; }

    /// <summary>How long all texts are.</summary>
    public int Characters { get; }

    /// <summary>What must stay takes, with the marks that it needs.</summary>
    public int Least { get; }

    /// <summary>Tokens that are not spent.</summary>
    public int Left { get; private set; }

    /// <summary>Tokens that the text of a summary may take.</summary>
    public int SummaryRoom => Left + MarkCost(-1, _speaking.After(-1)) - MessageCost.OfMessage - MessageCost.OfText(Introduction, Request.Counter);

    /// <summary>Sets tokens aside, as far as they are left: nothing takes them until they are taken back.</summary>
    /// <returns>How many.</returns>
    public int SetAside(int tokens)
    {
        var aside = Math.Min(tokens, Math.Max(0, Left));
        Left -= aside;
        return aside;
    }

    /// <summary>Takes back what was set aside.</summary>
    public void TakeBack(int tokens) => Left += tokens;

    /// <summary>Whether a unit stays, or a part of it.</summary>
    public bool Keeps(int unit) => _kept[unit];

    /// <summary>The part of a unit that stays; <see langword="null"/>: all of it.</summary>
    public string? PartOf(int unit) => _parts[unit];

    /// <summary>Whether a unit fits whole, with what must not be missing beside it (what corrects it, thoughts that led to it), and is not kept yet.</summary>
    public bool CanKeep(int unit)
    {
        Request.GivenUp.ThrowIfCancellationRequested();
        if (_kept[unit])
        {
            return false;
        }

        if (!IsMissing(_corrections[unit]) && !IsMissing(_thoughts[unit]))
        {
            return CostWith(unit, Units[unit].Tokens) <= Left;
        }

        var left = Left;
        var kept = KeepWithOthers(unit, Units[unit].Tokens);
        Undo(kept, left);
        return kept.Count > 0;
    }

    /// <summary>Keeps a unit whole, with what must not be missing beside it, where all of it fits and the unit is not kept yet.</summary>
    public bool TryKeep(int unit)
    {
        Request.GivenUp.ThrowIfCancellationRequested();
        return !_kept[unit] && KeepWithOthers(unit, Units[unit].Tokens).Count > 0;
    }

    /// <summary>Keeps a part of a unit's text, with what corrects it, where both fit and the unit is not kept yet.</summary>
    public bool TryKeepPart(int unit, string text)
    {
        var tokens = MessageCost.OfMessage + MessageCost.OfText(text, Request.Counter, Request.GivenUp) + MessageCost.OfText(Messages[Units[unit].First].Name, Request.Counter);
        if (_kept[unit] || KeepWithOthers(unit, tokens).Count == 0)
        {
            return false;
        }

        _parts[unit] = text;
        return true;
    }

    /// <summary>Adds a text that stands for what is left out, and says so, where it fits. There is one at most.</summary>
    public bool TryAddSummary(string text)
    {
        var summary = Introduction + text;
        var cost = MessageCost.OfMessage + MessageCost.OfText(summary, Request.Counter) - MarkCost(-1, _speaking.After(-1));
        if (_summary is not null || cost > Left)
        {
            return false;
        }

        _summary = summary;
        Left -= cost;
        return true;
    }

    /// <summary>The text of a unit, its messages one after the other.</summary>
    public string TextOf(int unit) => _texts[unit] ??= Units[unit].TextIn(Messages);

    /// <summary>What a unit is ranked by: its text, and what its calls name.</summary>
    public string RankedTextOf(int unit) => Units[unit].RankedTextIn(Messages);

    /// <summary>The mark that is needed between all of this and what follows; <see langword="null"/>: none is. It is paid for.</summary>
    public string? MarkAtEnd => MarkBetween(_speaking.Before(Units.Length), Units.Length);

    /// <summary>What is left of the conversation, in a legal order: it begins with the client's side.</summary>
    public ImmutableArray<CondensedMessage> Write()
    {
        var written = ImmutableArray.CreateBuilder<CondensedMessage>();
        var before = -1;
        for (var unit = 0; unit < Units.Length; unit++)
        {
            if (!_kept[unit])
            {
                continue;
            }

            for (var i = Units[unit].First; i < Units[unit].End; i++)
            {
                if (Messages[i].Role != MessageRole.System && before < unit)
                {
                    AddMade(written, before < 0 && _summary is not null ? _summary : MarkBetween(before, unit));
                    before = unit;
                }

                written.Add(new CondensedMessage(i, Messages[i].Role, _parts[unit]));
            }
        }

        if (before < 0 && _summary is not null)
        {
            written.Insert(LeadingInstructions(written), Made(_summary));
        }

        return written.DrainToImmutable();
    }

    /// <summary>Adds a message that is made here, where there is a text for it.</summary>
    public static void AddMade(ImmutableArray<CondensedMessage>.Builder written, string? text)
    {
        if (text is not null)
        {
            written.Add(Made(text));
        }
    }

    private static CondensedMessage Made(string text) => new(-1, MessageRole.User, text);

    // Those that the conversation begins with: what is made here stands where the first message stood.
    private static int LeadingInstructions(ImmutableArray<CondensedMessage>.Builder written)
    {
        var count = 0;
        while (count < written.Count && written[count].Source == count)
        {
            count++;
        }

        return count;
    }

    // A summary opens the conversation, and says itself that it stands for more.
    private string? MarkBetween(int before, int after) => before < 0 && _summary is not null ? null : _marks.Between(before, after);

    private int MarkCost(int before, int after) => before < 0 && _summary is not null ? 0 : _marks.CostBetween(before, after);

    // A unit may need marks beside it, or make one needless.
    private int CostWith(int unit, int tokens)
    {
        if (!_marks.Speaks(unit))
        {
            return tokens;
        }

        var (before, after) = (_speaking.Before(unit), _speaking.After(unit));
        return tokens + MarkCost(before, unit) + MarkCost(unit, after) - MarkCost(before, after);
    }

    private bool IsMissing(int other) => other >= 0 && !_kept[other];

    // Those that are kept now; none: they do not fit.
    private List<int> KeepWithOthers(int unit, int tokens)
    {
        var left = Left;
        var kept = new List<int>();
        Take(unit, tokens, kept);
        for (var i = 0; i < kept.Count && kept.Count <= MostTogether; i++)
        {
            foreach (var other in (ReadOnlySpan<int>)[_corrections[kept[i]], _thoughts[kept[i]]])
            {
                if (IsMissing(other))
                {
                    Take(other, Units[other].Tokens, kept);
                }
            }
        }

        if (Left < 0 || kept.Count > MostTogether)
        {
            Undo(kept, left);
            kept.Clear();
        }

        return kept;
    }

    private void Take(int unit, int tokens, List<int> kept)
    {
        Left -= CostWith(unit, tokens);
        Add(unit);
        kept.Add(unit);
    }

    private void Undo(List<int> kept, int left)
    {
        Left = left;
        foreach (var unit in kept)
        {
            _kept[unit] = false;
            _speaking.Remove(unit);
        }
    }

    private void Add(int unit)
    {
        _kept[unit] = true;
        if (_marks.Speaks(unit))
        {
            _speaking.Add(unit);
        }
    }
}
