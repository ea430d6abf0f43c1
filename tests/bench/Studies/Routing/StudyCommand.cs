using System.Collections.Immutable;

namespace ProxyCluster.Bench.Studies.Routing;

/// <summary>Runs every strategy on every mix and keeps what came out.</summary>
internal static class StudyCommand
{
    public const int Seed = 1;

    public static int Run(string? folder)
    {
        ImmutableArray<Mix> mixes = [.. Mixes.Five, Mixes.Bursts, Mixes.Newcomer];
        var results = mixes
            .SelectMany(mix => Choosers.All.Select(s => Simulation.Run(mix, s.Name, s.Choose, Seed)).Append(Choosers.BestStatic(mix, Seed)))
            .ToList();
        var page = StudyPage.Write(results);
        Console.Out.Write(page);
        if (folder is not null)
        {
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "routing.md"), page);
            File.WriteAllText(Path.Combine(folder, "routing.json"), StudyJson.Write(results));
        }

        return 0;
    }
}
