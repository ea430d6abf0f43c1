using System.Collections.Immutable;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Core.Condensation;

/// <summary>A result in the making: what stays, what of it in part, and what is left of the budget.</summary>
internal sealed class Draft
{
    // What a tool or a model said must not come to stand as the user's own words.
    private const string Introduction = "[Earlier messages and results of tools in short, for reference:]\n";

    private readonly bool[] _kept;
    private readonly string?[] _parts;
    private readonly int _markerCost;
    private string? _summary;

    // The first unit that stays and is not all instructions.
    private int _first;

    /// <summary>Begins with what must stay.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="units">Its units.</param>
    /// <param name="request">What is asked.</param>
    public Draft(IReadOnlyList<ConversationMessage> messages, ImmutableArray<Unit> units, CondensationRequest request)
    {
        (Messages, Units, Request) = (messages, units, request);
        _kept = new bool[units.Length];
        _parts = new string?[units.Length];
        _markerCost = MarkerCost(request.Counter);
        _first = units.Length;
        Least = MessageCost.OfConversation;
        for (var i = 0; i < units.Length; i++)
        {
            Characters += CharactersOf(units[i]);
            if (units[i].IsPinned)
            {
                _kept[i] = true;
                Least += units[i].Tokens;
                _first = _first == units.Length && OpeningRoleOf(i) is not null ? i : _first;
            }
        }

        Least += MarkerBefore(_first);
        Left = request.Budget - Least;
    }

    /// <summary>Stands where a conversation would begin with the model's own words.</summary>
    public const string Marker = "[Earlier messages were left out.]";

    /// <summary>The conversation.</summary>
    public IReadOnlyList<ConversationMessage> Messages { get; }

    /// <summary>Its units.</summary>
    public ImmutableArray<Unit> Units { get; }

    /// <summary>What is asked.</summary>
    public CondensationRequest Request { get; }

    /// <summary>How long all texts are.</summary>
    public int Characters { get; }

    /// <summary>What must stay takes, with the marker where it needs one.</summary>
    public int Least { get; }

    /// <summary>Tokens that are not spent.</summary>
    public int Left { get; private set; }

    /// <summary>Tokens that the text of a summary may take.</summary>
    public int SummaryRoom => Left + MarkerBefore(_first) - MessageCost.OfMessage - MessageCost.OfText(Introduction, Request.Counter);

    /// <summary>Whether a unit stays, or a part of it.</summary>
    public bool Keeps(int unit) => _kept[unit];

    /// <summary>The part of a unit that stays; <see langword="null"/>: all of it.</summary>
    public string? PartOf(int unit) => _parts[unit];

    /// <summary>Whether a unit fits whole and is not kept yet.</summary>
    public bool CanKeep(int unit)
    {
        Request.GivenUp.ThrowIfCancellationRequested();
        return !_kept[unit] && CostWith(unit, Units[unit].Tokens) <= Left;
    }

    /// <summary>Keeps a unit whole, where it fits and is not kept yet.</summary>
    public bool TryKeep(int unit)
    {
        if (!CanKeep(unit))
        {
            return false;
        }

        Keep(unit, CostWith(unit, Units[unit].Tokens));
        return true;
    }

    /// <summary>Keeps a part of a unit's text, where it fits and the unit is not kept yet.</summary>
    public bool TryKeepPart(int unit, string text)
    {
        var tokens = MessageCost.OfMessage + MessageCost.OfText(text, Request.Counter) + MessageCost.OfText(Messages[Units[unit].First].Name, Request.Counter);
        var cost = CostWith(unit, tokens);
        if (_kept[unit] || cost > Left)
        {
            return false;
        }

        _parts[unit] = text;
        Keep(unit, cost);
        return true;
    }

    /// <summary>Adds a text that stands for what is left out, and says so, where it fits. There is one at most.</summary>
    public bool TryAddSummary(string text)
    {
        var summary = Introduction + text;
        var cost = MessageCost.OfMessage + MessageCost.OfText(summary, Request.Counter) - MarkerBefore(_first);
        if (_summary is not null || cost > Left)
        {
            return false;
        }

        _summary = summary;
        Left -= cost;
        return true;
    }

    /// <summary>The text of a unit, its messages one after the other.</summary>
    public string TextOf(int unit)
    {
        var (first, count) = (Units[unit].First, Units[unit].Count);
        return count == 1 ? Messages[first].Text : string.Join('\n', Enumerable.Range(first, count).Select(i => Messages[i].Text));
    }

    /// <summary>What is left of the conversation, in a legal order: it begins with the client's side.</summary>
    public ImmutableArray<CondensedMessage> Write()
    {
        var written = ImmutableArray.CreateBuilder<CondensedMessage>();
        var hasBegun = false;
        for (var unit = 0; unit < Units.Length; unit++)
        {
            if (!_kept[unit])
            {
                continue;
            }

            for (var i = Units[unit].First; i < Units[unit].End; i++)
            {
                var role = Messages[i].Role;
                if (!hasBegun && role != MessageRole.System)
                {
                    hasBegun = true;
                    if (_summary is not null || role != MessageRole.User)
                    {
                        written.Add(Made(_summary ?? Marker));
                    }
                }

                written.Add(new CondensedMessage(i, role, _parts[unit]));
            }
        }

        if (!hasBegun && _summary is not null)
        {
            written.Insert(LeadingInstructions(written), Made(_summary));
        }

        return written.DrainToImmutable();
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

    // Stands in for a beginning that is the model's own words, where no summary does.
    private int MarkerBefore(int unit) =>
        _summary is null && unit < Units.Length && OpeningRoleOf(unit) is not (null or MessageRole.User) ? _markerCost : 0;

    private int CostWith(int unit, int tokens) => unit < _first ? tokens + MarkerBefore(unit) - MarkerBefore(_first) : tokens;

    private void Keep(int unit, int cost)
    {
        _kept[unit] = true;
        _first = Math.Min(_first, unit);
        Left -= cost;
    }

    // Who speaks first in a unit; null: it is all instructions.
    private MessageRole? OpeningRoleOf(int unit)
    {
        for (var i = Units[unit].First; i < Units[unit].End; i++)
        {
            if (Messages[i].Role != MessageRole.System)
            {
                return Messages[i].Role;
            }
        }

        return null;
    }

    private int CharactersOf(Unit unit)
    {
        var sum = 0;
        for (var i = unit.First; i < unit.End; i++)
        {
            sum += Messages[i].Text.Length;
        }

        return sum;
    }

    /// <summary>What <see cref="Marker"/> takes.</summary>
    public static int MarkerCost(TokenCounter counter) => MessageCost.OfMessage + MessageCost.OfText(Marker, counter);
}
