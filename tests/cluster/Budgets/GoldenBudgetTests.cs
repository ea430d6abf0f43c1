using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using ProxyCluster.Core.Budgets;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Usage;
using ProxyCluster.Grains.Budgets;
using ProxyCluster.Grains.Usage;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Budgets;

/// <summary>Budgets and ledgers as release 0.1 stored them. The files hold its bytes in hexadecimal and are never changed.</summary>
public sealed class GoldenBudgetTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private static readonly Guid Gateway = new("11111111-2222-3333-4444-555555555555");
    private static readonly DateTimeOffset Noon = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);
    private static readonly BudgetLimits Limits = new(1_000, 10_000, 4_000, 9_000);

    [Fact]
    public void BudgetState_OfRelease01_IsRead()
    {
        var book = new BudgetBook();
        var day = DateOnly.FromDateTime(Noon.UtcDateTime).DayNumber;
        var now = Noon.ToUnixTimeMilliseconds();
        var granted = book.Apply(new BudgetCall(Gateway, 1, Limits, [], [], [new Amount(500, 3_000)], default), now, Noon);
        var used = new Settlement(1_000, granted.Tag, day, new Amount(300, 2_500), new Amount(200, 2_000));
        book.Apply(new BudgetCall(Gateway, 2, Limits, [used], [], [], default), now, Noon);

        var state = Read("budget-state.0.1.hex", new BudgetState { Book = book.Encode() });

        var read = BudgetBook.Decode(state.Book);
        var standing = read.Look(Limits, now, Noon);
        Assert.Equal((200, 200), (standing.Minute.Used, standing.Minute.Held));
        Assert.Equal((200, 200), (standing.Hour.Used, standing.Hour.Held));
        Assert.Equal((2_000, 500), (standing.Day.Used, standing.Day.Held));
        Assert.Equal((2_000, 500), (standing.Month.Used, standing.Month.Held));
        var again = read.Apply(new BudgetCall(Gateway, 2, Limits, [], [], [], default), now, Noon);
        Assert.Equal(new BudgetAlert(BudgetLimit.DollarsPerDay, 50), Assert.Single(again.Alerts));
    }

    [Fact]
    public void LedgerPage_OfRelease01_IsRead()
    {
        var row = new UsageRow(new UsageKey("key:a", "ada", "research", "gpt-4o", "openai", "night"), new UsageTotals(7, new TokenUsage(1, 2, 3, 4, 5), 6));
        var page = new LedgerPage([row], ImmutableDictionary<Guid, long>.Empty.Add(Gateway, 9));

        var read = Read("usage-ledger-page.0.1.hex", new UsageLedgerPage { Page = page }).Page;

        Assert.Equal(row, Assert.Single(read.Rows));
        Assert.Equal(9, read.Counted[Gateway]);
    }

    // PROXYCLUSTER_WRITE_GOLDEN makes the file of a release, once; without it a missing file fails the test.
    private T Read<T>(string file, T example, [CallerFilePath] string here = "")
    {
        var serializer = fixture.Cluster.Client.ServiceProvider.GetRequiredService<Serializer>();
        var path = Path.Combine(Path.GetDirectoryName(here)!, "..", "Golden", file);
        if (Environment.GetEnvironmentVariable("PROXYCLUSTER_WRITE_GOLDEN") is not null && !File.Exists(path))
        {
            File.WriteAllText(path, Convert.ToHexString(serializer.SerializeToArray(example)) + "\n");
        }

        return serializer.Deserialize<T>(Convert.FromHexString(File.ReadAllText(path).Trim()))!;
    }
}
