using System.Collections.Immutable;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>A conversation that is condensed, with what each message costs.</summary>
internal sealed class Dialogue
{
    private readonly Lazy<ImmutableArray<int>> _costs;
    private readonly Lazy<LexicalIndex> _index;

    public Dialogue(string id, IEnumerable<Turn> turns)
    {
        Id = id;
        Turns = [.. turns];
        Messages = [.. Turns.Select(turn => turn.Message)];
        _costs = new(() => [.. Messages.Select(message => MessageCost.Of(message, TokenCounters.O200k))]);
        Places = Turns.Select((turn, i) => (turn.Id, i)).ToDictionary(turn => turn.Id, turn => turn.i, StringComparer.Ordinal);
        _index = new(() =>
        {
            var index = new LexicalIndex(CondensationWords.English, 0);
            Messages.ForEach(message => _ = index.Add(message.Text));
            return index;
        });
    }

    public string Id { get; }

    public ImmutableArray<Turn> Turns { get; }

    public List<ConversationMessage> Messages { get; }

    /// <summary>Counted when they are first asked for: who measures how a tokenizer is loaded reads dialogues without it.</summary>
    public ImmutableArray<int> Costs => _costs.Value;

    public Dictionary<string, int> Places { get; }

    /// <summary>For the methods that are compared with.</summary>
    public LexicalIndex Index => _index.Value;
}

/// <summary>One message.</summary>
/// <param name="Id">What evidence names it by.</param>
/// <param name="Core">What must be left of it to count as kept.</param>
/// <param name="Message">The message.</param>
internal sealed record Turn(string Id, string Core, ConversationMessage Message);

/// <summary>A question about a dialogue.</summary>
/// <param name="Dialogue">Which.</param>
/// <param name="Number">Its number: odd ones are tuned on, even ones reported.</param>
/// <param name="Text">The question.</param>
/// <param name="Answer">Its answer; empty: it cannot be answered.</param>
/// <param name="Evidence">The places of the turns that hold the answer.</param>
internal sealed record Question(Dialogue Dialogue, int Number, string Text, string Answer, ImmutableArray<int> Evidence);
