using System.Collections.Immutable;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Core.Condensation;

/// <summary>
/// Texts of the user's side that stand where whole messages were left out and the model's words would come to answer what
/// they did not: at a beginning that is the model's own, and between a user's message and an answer to a later one.
/// </summary>
internal sealed class GapMarks
{
    /// <summary>Stands where a conversation would begin with the model's own words.</summary>
    public const string Opening = "[Earlier messages were left out.]";

    /// <summary>Stands before an answer whose own question is gone.</summary>
    public const string Gap = "[…]";

    private readonly int _openingCost;
    private readonly int _gapCost;

    // Of each unit, and of what follows the last: who speaks first in it, who last, and which spoke before it.
    private readonly MessageRole?[] _first;
    private readonly MessageRole?[] _last;
    private readonly int[] _previous;

    // Of each unit: how often a user has spoken alone up to it, as a turn begins.
    private readonly int[] _turns;
    private readonly bool _callsFollow;
    private readonly ImmutableArray<Unit> _units;

    /// <summary>Looks at who speaks when.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="units">Its units.</param>
    /// <param name="counter">Counts what the marks take.</param>
    /// <param name="follows">What is said after the last unit; <see langword="null"/>: nothing.</param>
    public GapMarks(IReadOnlyList<ConversationMessage> messages, ImmutableArray<Unit> units, TokenCounter counter, ConversationMessage? follows)
    {
        (_openingCost, _gapCost) = (CostOf(Opening, counter), CostOf(Gap, counter));
        _first = new MessageRole?[units.Length + 1];
        _last = new MessageRole?[units.Length];
        _previous = new int[units.Length + 1];
        (_units, _turns, _callsFollow) = (units, new int[units.Length + 1], follows is { Calls.IsEmpty: false });
        var (speaker, turn) = (-1, 0);
        for (var unit = 0; unit < units.Length; unit++)
        {
            for (var i = units[unit].First; i < units[unit].End; i++)
            {
                if (messages[i].Role != MessageRole.System)
                {
                    _first[unit] ??= messages[i].Role;
                    _last[unit] = messages[i].Role;
                }
            }

            turn += units[unit].IsUserAlone ? 1 : 0;
            _turns[unit] = turn;
            _previous[unit] = speaker;
            speaker = Speaks(unit) ? unit : speaker;
        }

        (_first[^1], _previous[^1], _turns[^1]) = (follows?.Role, speaker, turn);
    }

    /// <summary>What the marks take at most that stand before and after one part of a conversation.</summary>
    public static int MostAroundPart(TokenCounter counter) => 2 * CostOf(Gap, counter);

    /// <summary>What the marks take at most that stand before, in and after what must stay of a conversation's beginning.</summary>
    public static int MostAroundPinned(TokenCounter counter) => CostOf(Opening, counter) + (2 * CostOf(Gap, counter));

    /// <summary>What the mark takes at most that thoughts need beside those.</summary>
    public static int MostAroundThoughts(TokenCounter counter) => CostOf(Gap, counter);

    /// <summary>Whether a unit is more than instructions. Those stand anywhere without changing who answers whom.</summary>
    public bool Speaks(int unit) => _first[unit] is not null;

    /// <summary>The mark that is needed where nothing that speaks is kept between two units; <see langword="null"/>: none is.</summary>
    /// <param name="before">A unit that speaks; -1: the conversation's beginning.</param>
    /// <param name="after">A later one; as many as there are units: what follows them.</param>
    public string? Between(int before, int after) => before < 0
        ? _first[after] is null or MessageRole.User ? null : Opening
        : _last[before] == MessageRole.User && _first[after] == MessageRole.Assistant && _previous[after] != before && !GoesOn(before, after) ? Gap : null;

    /// <summary>Tokens of that mark.</summary>
    public int CostBetween(int before, int after) => Between(before, after) switch
    {
        null => 0,
        Gap => _gapCost,
        _ => _openingCost,
    };

    // Calls that follow earlier results of the same turn answer nobody; words between them would end the turn, and with it what its thoughts are good for.
    private bool GoesOn(int before, int after) =>
        (after < _units.Length ? _units[after].HasCalls : _callsFollow) && !_units[before].IsUser && _turns[before] == _turns[after];

    private static int CostOf(string mark, TokenCounter counter) => MessageCost.OfMessage + MessageCost.OfText(mark, counter);
}
