using System.Collections.Immutable;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>Runs every strategy on every mix, with several seeds, and keeps what came out.</summary>
internal static class StudyCommand
{
    private static readonly ImmutableArray<int> Seeds = [1, 2, 3, 4, 5];

    public static int Run(string? folder)
    {
        ImmutableArray<Mix> mixes = [.. Mixes.Five, Mixes.Bursts, Mixes.OneGateway, Mixes.Newcomer, Mixes.RelativePrices];
        ImmutableArray<Study> studies = [.. Seeds.Select(seed => new Study(seed))];
        var rows = mixes.SelectMany(mix => Rows(mix, studies)).ToList();
        var targets = studies.SelectMany(Targets.All).GroupBy(t => NameOnly(t.Name)).ToList();
        var page = StudyPage.Write(rows, targets);
        Console.Out.Write(page);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "routing.md"), page);
            File.WriteAllText(Path.Combine(folder, "routing.json"), StudyJson.Write(rows, targets));
        }

        return targets.SelectMany(t => t).All(t => t.IsMet) ? 0 : 1;
    }

    private static IEnumerable<StudyRow> Rows(Mix mix, ImmutableArray<Study> studies) => Choosers.All
        .Select(s => StudyRow.Of(s.Name, studies.Select(study => study.Run(mix, s.Name))))
        .Append(StudyRow.Of("best static", studies.Select(study => study.BestStatic(mix))));

    // Which one is the best strategy depends on the seed; the target is the same.
    private static string NameOnly(string name) => name.Split(" (", 2)[0];
}
