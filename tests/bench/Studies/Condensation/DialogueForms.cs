using System.Collections.Immutable;
using ProxyCluster.Core.Condensation;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>The same dialogues and questions in other forms.</summary>
internal static class DialogueForms
{
    private static readonly ImmutableArray<string> Names = ["Ingrid", "Yusuf", "Okonkwo", "Beatriz", "Tomasz", "Leilani", "Sanjay", "Fenna"];

    /// <summary>With other people.</summary>
    public static ImmutableArray<Question> OtherNames(ImmutableArray<Question> questions)
    {
        var dialogues = questions.Select(question => question.Dialogue).Distinct().ToList();
        var names = dialogues.ToDictionary(dialogue => dialogue, dialogue => NamesOf(dialogue)
            .Select((name, i) => (name, Other: Names[((dialogues.IndexOf(dialogue) * 2) + i) % Names.Length])).ToList());
        string Renamed(Dialogue dialogue, string text) => names[dialogue].Aggregate(text, (text, pair) => text.Replace(pair.name, pair.Other, StringComparison.Ordinal));
        return Changed(
            questions,
            dialogue => dialogue.Turns.Select(turn => new Turn(turn.Id, Renamed(dialogue, turn.Core), turn.Message with { Text = Renamed(dialogue, turn.Message.Text) })),
            question => Renamed(question.Dialogue, question.Text));
    }

    /// <summary>With the sessions of each dialogue in another order.</summary>
    public static ImmutableArray<Question> Shuffled(ImmutableArray<Question> questions) => Changed(
        questions,
        dialogue =>
        {
            var random = new Random(1);
            return dialogue.Turns.GroupBy(turn => turn.Id[..turn.Id.IndexOf(':')]).OrderBy(_ => random.Next()).SelectMany(session => session);
        },
        question => question.Text);

    /// <summary>With who speaks as the message's name, not in its text.</summary>
    public static ImmutableArray<Question> NamesAsField(ImmutableArray<Question> questions) => Changed(
        questions,
        dialogue => dialogue.Turns.Select(turn => turn with { Message = turn.Message with { Text = turn.Core, Name = Speaker.Of(turn.Message).ToString() } }),
        question => question.Text);

    /// <summary>All said by one user, who names nobody.</summary>
    public static ImmutableArray<Question> Monologue(ImmutableArray<Question> questions) => Changed(
        questions,
        dialogue => dialogue.Turns.Select(turn => turn with { Message = turn.Message with { Text = turn.Core, Role = MessageRole.User } }),
        question => question.Text);

    /// <summary>With questions as one types them into a search box.</summary>
    public static ImmutableArray<Question> Keywords(ImmutableArray<Question> questions) => Changed(
        questions, dialogue => dialogue.Turns, question => string.Join(' ', WordsOf(question).Select(word => word.ToLowerInvariant())));

    /// <summary>With every other word of weight, as if the rest were said in other words.</summary>
    public static ImmutableArray<Question> HalfTheWords(ImmutableArray<Question> questions) => Changed(
        questions, dialogue => dialogue.Turns, question => string.Join(' ', WordsOf(question).Where((_, i) => i % 2 == 0)) + "?");

    private static IEnumerable<string> WordsOf(Question question) =>
        question.Text.Split([' ', '?', ','], StringSplitOptions.RemoveEmptyEntries).Where(word => !CondensationWords.English.Stop.Contains(word));

    private static List<string> NamesOf(Dialogue dialogue) =>
        [.. dialogue.Messages.Select(message => Speaker.Of(message).ToString()).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal)];

    private static ImmutableArray<Question> Changed(ImmutableArray<Question> questions, Func<Dialogue, IEnumerable<Turn>> turns, Func<Question, string> text)
    {
        var dialogues = questions.Select(question => question.Dialogue).Distinct().ToDictionary(dialogue => dialogue, dialogue => new Dialogue(dialogue.Id, turns(dialogue)));
        return
        [
            .. questions.Select(question => question with
            {
                Dialogue = dialogues[question.Dialogue],
                Text = text(question),
                Evidence = [.. question.Evidence.Select(turn => dialogues[question.Dialogue].Places[question.Dialogue.Turns[turn].Id])],
            }),
        ];
    }
}
