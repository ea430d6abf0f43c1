using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>What every method keeps of every kind of conversation here; fails where a target is missed.</summary>
internal static class CondensationStudy
{
    public static int Run(string data, int every, string? folder)
    {
        var questions = DialogueFile.Read(data).Where((_, i) => i / 2 % every == 0).ToImmutableArray();
        var even = questions.Where(question => question.Number % 2 == 0).ToImmutableArray();
        var targets = new Targets();
        var page = new StringBuilder("# What condensation keeps\n\nHow it is measured: docs/condensation-quality.md. ");
        page.Append(CultureInfo.InvariantCulture, $"Of the {even.Length} even-numbered questions (answers: those that have one); in brackets of all {questions.Length}. p: that `hybrid` is not better, of even-numbered ones.\n");
        Write(page, targets, "With the query", questions, Asking.Query);
        Write(page, targets, "Without a query", questions, Asking.Nothing);
        Write(page, targets, "The question in chat, as the last user message, paid out of the budget", questions, Asking.InChat, "hybrid", "BM25", "BM25 with neighbours");
        Write(page, targets, "The question in chat, with \" Thanks.\" behind it", questions, Asking.InChatWithThanks, "hybrid", "BM25", "BM25 with neighbours");
        Write(page, targets, "The question in chat, without its question mark", questions, Asking.InChatWithoutMark, "hybrid", "BM25", "BM25 with neighbours");
        CodingStudy.Write(page, targets);
        RulesStudy.Write(page, targets);
        RollingStudy.Write(page, even);
        targets.Write(page);
        Console.Out.Write(page);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "condensation.md"), page.ToString());
        }

        return targets.ExitCode;
    }

    private static void Write(StringBuilder page, Targets targets, string title, ImmutableArray<Question> questions, Asking asking, params ImmutableArray<string> only)
    {
        var table = new QuestionTable(questions, asking, only);
        table.Write(page, title);
        table.Judge(targets);
    }
}
