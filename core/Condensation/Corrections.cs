using System.Collections.Immutable;

namespace ProxyCluster.Core.Condensation;

/// <summary>Finds short messages that take back what the same side said right before: the first says what is wrong without the second.</summary>
internal static class Corrections
{
    private const int MostTokens = 40;
    private const int MostNumbers = 8;

    /// <summary>For each unit the one that corrects it; -1: none does.</summary>
    /// <param name="messages">The conversation.</param>
    /// <param name="units">Its units.</param>
    /// <param name="words">Which words tell what.</param>
    /// <param name="givenUp">Ends it at a message's next word.</param>
    public static int[] Of(IReadOnlyList<ConversationMessage> messages, ImmutableArray<Unit> units, CondensationWords words, CancellationToken givenUp = default)
    {
        var corrections = new int[units.Length];
        Array.Fill(corrections, -1);
        var (kinds, lastUser, lastModel) = (new WordKinds(words), -1, -1);
        for (var unit = 0; unit < units.Length; unit++)
        {
            var message = messages[units[unit].First];
            if (message.Role is not (MessageRole.User or MessageRole.Assistant))
            {
                continue;
            }

            ref var before = ref message.Role == MessageRole.User ? ref lastUser : ref lastModel;
            if (before >= 0 && units[unit] is { IsDivisible: true, Tokens: <= MostTokens } && Corrects(message.Text, messages[units[before].First].Text, kinds, givenUp))
            {
                corrections[before] = unit;
            }

            before = unit;
        }

        return corrections;
    }

    // It names something, and takes something back by a word that is known, or names the same number beside another.
    private static bool Corrects(string text, string before, WordKinds kinds, CancellationToken givenUp)
    {
        var (signs, numbers) = Read(text, kinds, givenUp);
        if (!signs.IsSpecific || signs.IsQuestion)
        {
            return false;
        }

        if (signs.Kinds.Has(WordKind.Correction))
        {
            return Read(before, kinds, givenUp).Signs.IsSpecific;
        }

        if (numbers.Count < 2)
        {
            return false;
        }

        var shared = Read(before, kinds, givenUp).Numbers.Intersect(numbers).Count();
        return shared > 0 && shared < numbers.Count;
    }

    private static (Salience.Signs Signs, HashSet<string> Numbers) Read(string text, WordKinds kinds, CancellationToken givenUp)
    {
        var reader = new Salience.Reader(text);
        var scanner = new TextScanner(text, stackalloc char[TextScanner.LongestTerm]);
        var head = Speaker.LengthOfHead(text);
        var numbers = new HashSet<string>(StringComparer.Ordinal);
        while (scanner.Read())
        {
            givenUp.ThrowIfCancellationRequested();
            reader.See(scanner.Start, scanner.End, kinds.Of(scanner.Term));
            if (scanner.Start >= head && char.IsDigit(text[scanner.Start]) && numbers.Count < MostNumbers)
            {
                numbers.Add(text[scanner.Start..scanner.End]);
            }
        }

        return (reader.Finish(), numbers);
    }
}
