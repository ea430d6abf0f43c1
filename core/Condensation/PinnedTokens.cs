namespace ProxyCluster.Core.Condensation;

/// <summary>What must stay of a conversation's beginning, in tokens, while it is read unit by unit.</summary>
/// <param name="thoughtMarks">What marks take beside thoughts.</param>
internal struct PinnedTokens(int thoughtMarks)
{
    private int _seen;
    private int _system;
    private int _user;
    private Place _amongTools;
    private Place _thoughts;
    private Place _thoughtsOfTools;

    /// <summary>Instructions, what a user wrote last alone and last among tools, and the thoughts of what has come since.</summary>
    public readonly int Sum =>
        _system + _user + _amongTools.Tokens
        + (_thoughts.Unit == _amongTools.Unit ? 0 : WithMarks(_thoughts))
        + (_thoughtsOfTools.Unit == _thoughts.Unit ? 0 : WithMarks(_thoughtsOfTools));

    /// <summary>Takes the next unit into account.</summary>
    public void See(in Unit unit)
    {
        _seen++;
        _system += unit.IsSystem ? unit.Tokens : 0;
        if (unit.IsUserAlone)
        {
            (_user, _amongTools, _thoughts, _thoughtsOfTools) = (unit.Tokens, default, default, default);
            return;
        }

        _thoughts = unit.HasThoughts ? new Place(_seen, unit.Tokens) : _thoughts;
        if (unit.IsUserAmongTools)
        {
            _amongTools = new Place(_seen, unit.Tokens);
            _thoughtsOfTools = unit.HasThoughts ? default : _thoughts;
        }
    }

    private readonly int WithMarks(Place thoughts) => thoughts.Unit == 0 ? 0 : thoughts.Tokens + thoughtMarks;

    private readonly record struct Place(int Unit, int Tokens);
}
