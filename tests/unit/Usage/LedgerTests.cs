using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Usage;

namespace ProxyCluster.Tests.Unit.Usage;

public sealed class LedgerTests
{
    private static readonly Guid Gateway = new("11111111-2222-3333-4444-555555555555");

    [Fact]
    public void Batch_Repeated_IsCountedOnce()
    {
        var ledger = new Ledger();
        var batch = new UsageBatch(Gateway, 1, [Row("key:a", 3)]);
        Store(ledger, batch);

        Assert.Empty(ledger.Plan(batch));
        Store(ledger, batch with { Sequence = 2 });

        Assert.Equal(6, Requests(ledger, "key:a"));
    }

    [Fact]
    public void Batch_WhoseStoringBrokeOffAnywhere_IsCountedOnceWhenItIsSentAgain()
    {
        for (var stored = 0; stored < 4; stored++)
        {
            var ledger = new Ledger();
            Store(ledger, new UsageBatch(Gateway, 1, [.. Enumerable.Range(0, 600).Select(i => Row($"key:{i}", 1))]));
            var batch = new UsageBatch(Gateway, 2, [Row("key:1", 1), Row("key:300", 1), .. Enumerable.Range(550, 400).Select(i => Row($"key:{i}", 1))]);

            foreach (var (number, page) in ledger.Plan(batch).Take(stored))
            {
                ledger.Apply(number, page);
            }

            Store(ledger, batch);

            Assert.Equal(600 + 402, ledger.Rows.Sum(static row => row.Totals.Requests));
            Assert.Equal([2L, 2L, 2L, 1L], new[] { "key:1", "key:300", "key:599", "key:949" }.Select(key => Requests(ledger, key)));
        }
    }

    [Fact]
    public void Batches_OfTwoGateways_AreToldApart()
    {
        var ledger = new Ledger();
        Store(ledger, new UsageBatch(Gateway, 1, [Row("key:a", 1)]));
        Store(ledger, new UsageBatch(Guid.NewGuid(), 1, [Row("key:a", 1)]));

        Assert.Equal(2, Requests(ledger, "key:a"));
    }

    [Theory]
    [InlineData("inside", 2)]
    [InlineData("outside", 4)]
    [InlineData(null, 7)]
    public void Sums_OfATeam_AreOfNobodyElse(string? team, long expected)
    {
        var sums = new UsageSums(new UsageQuery(UsageDimension.Model, null, null, 10) { Team = team });
        sums.Add(OfTeam("inside", 2));
        sums.Add(OfTeam("outside", 4));
        sums.Add(OfTeam("", 1));

        Assert.Equal(expected, Assert.Single(sums.First()).Totals.Requests);

        static UsageRow OfTeam(string team, long requests) => Row("key:a", requests) with { Key = new UsageKey("key:a", "", team, "m", "p", "") };
    }

    [Fact]
    public void Sums_OfASourceThatKnowsNoTeams_AreNotTakenForATeams()
    {
        var query = new UsageQuery(UsageDimension.Model, null, null, 10) { Team = "inside" };
        var source = new UsageSums(query with { Team = null });
        source.Add(Row("key:a", 4));
        var all = Assert.Single(source.First());
        var joined = new UsageSums(query);

        joined.Add(all);
        Assert.Empty(joined.First());

        joined.Add(all with { Team = "inside" });
        Assert.Equal(4, Assert.Single(joined.First()).Totals.Requests);
    }

    [Fact]
    public void Sums_OfPagesFromSeveralSources_AreComplete()
    {
        var query = new UsageQuery(UsageDimension.Key, null, "key:1", 3);
        var joined = new UsageSums(query);
        foreach (var source in (string[][])[["key:0", "key:2", "key:5"], ["key:1", "key:2", "key:3", "key:4", "key:6"]])
        {
            var sums = new UsageSums(query);
            Array.ForEach(source, key => sums.Add(Row(key, 1)));
            foreach (var group in sums.First())
            {
                joined.Add(group);
            }
        }

        Assert.Equal([("key:2", 2L), ("key:3", 1L), ("key:4", 1L)], joined.First().Select(static group => (group.Name, group.Totals.Requests)));
    }

    [Theory]
    [InlineData(UsageDimension.Key, "key:a")]
    [InlineData(UsageDimension.User, "ada")]
    [InlineData(UsageDimension.Team, "research")]
    [InlineData(UsageDimension.Model, "gpt-4o")]
    [InlineData(UsageDimension.Provider, "openai")]
    [InlineData(UsageDimension.Tag, "night")]
    public void Dimension_IsReadFromTheKey(UsageDimension dimension, string expected) =>
        Assert.Equal(expected, Row("key:a", 1).Key.Of(dimension));

    [Fact]
    public void Sums_OfOneSubject_LeaveOthersOut()
    {
        var sums = new UsageSums(new UsageQuery(UsageDimension.Model, "key:a", null, 10));
        sums.Add(Row("key:a", 1));
        sums.Add(Row("key:b", 1));

        Assert.Equal(1, Assert.Single(sums.First()).Totals.Requests);
    }

    private static UsageRow Row(string subject, long requests) =>
        new(new UsageKey(subject, "ada", "research", "gpt-4o", "openai", "night"), new UsageTotals(requests, new TokenUsage(1, 2, 3, 4, 5), 6));

    private static void Store(Ledger ledger, UsageBatch batch)
    {
        foreach (var (number, page) in ledger.Plan(batch))
        {
            ledger.Apply(number, page);
        }
    }

    private static long Requests(Ledger ledger, string subject) => ledger.Rows.Where(row => row.Key.Subject == subject).Sum(static row => row.Totals.Requests);
}
