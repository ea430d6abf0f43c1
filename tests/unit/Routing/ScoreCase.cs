namespace ProxyCluster.Tests.Unit.Routing;

/// <summary>One random case for the score: a history, prices, a request and a load.</summary>
internal sealed record ScoreCase
{
    /// <summary>Oldest first.</summary>
    public required IReadOnlyList<Outcome> Outcomes { get; init; }

    /// <summary>Dollars a million tokens; <see langword="null"/>: not known.</summary>
    public (decimal Input, decimal Output)? Price { get; init; }

    /// <summary>Of the only other candidate.</summary>
    public (decimal Input, decimal Output)? RivalPrice { get; init; }

    public bool RelativeCost { get; init; }

    public bool Streamed { get; init; }

    public int Prompt { get; init; }

    /// <summary>The client's limit of the answer; 0: none.</summary>
    public int Output { get; init; }

    public int InFlight { get; init; }

    public int Capacity { get; init; }

    public static ScoreCase Draw(Random random)
    {
        var spread = random.NextDouble() * 20;
        var failing = random.Next(10) == 0 ? 1 : random.NextDouble() * random.NextDouble();
        var streams = random.Next(3) switch { 0 => 0, 1 => 1, _ => random.NextDouble() };
        var oldest = random.Next(3) == 0 ? 1 : random.Next(1, 450_000);
        var count = random.Next(4) == 0 ? random.Next(130) : random.Next(25);
        return new ScoreCase
        {
            Outcomes =
            [
                .. Enumerable.Range(0, count)
                    .Select(_ => new Outcome(
                        random.NextDouble() < failing,
                        random.NextDouble() < streams,
                        (long)(random.NextDouble() * spread * TimeSpan.TicksPerSecond),
                        random.Next(oldest)))
                    .OrderByDescending(o => o.AgeMilliseconds),
            ],
            Price = DrawPrice(random),
            RivalPrice = DrawPrice(random),
            RelativeCost = random.Next(2) == 0,
            Streamed = random.Next(2) == 0,
            Prompt = random.Next(20_000),
            Output = random.Next(4) == 0 ? 0 : random.Next(5_000),
            InFlight = random.Next(300),
            Capacity = random.Next(1, 256),
        };
    }

    private static (decimal Input, decimal Output)? DrawPrice(Random random) =>
        random.Next(4) == 0 ? null : ((decimal)(random.NextDouble() * 100), (decimal)(random.NextDouble() * 300));

    /// <summary>How one attempt ended.</summary>
    internal sealed record Outcome(bool Failed, bool Streamed, long Ticks, int AgeMilliseconds);
}
