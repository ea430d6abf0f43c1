using ProxyCluster.Tests.Http.Recordings;

namespace ProxyCluster.Tests.Http.RoundTrip;

/// <summary>The page says what is true: its tables are whole, and what does not work has its reason.</summary>
public sealed class DialectTableTests
{
    [Fact]
    public void Tables_OfEachDialect_HaveEveryProviderAndFeature()
    {
        foreach (var inbound in Enum.GetValues<Inbound>())
        {
            var rows = DialectTable.RowsOf($"From {inbound}");

            Assert.Equal(Outbound.All.Select(static outbound => outbound.Type), rows.Select(static row => row["provider"]));
            Assert.All(rows, static row => Assert.Equal(DialectTable.Columns.Values.Prepend("provider"), row.Keys));
        }
    }

    [Fact]
    public void Buckets_InTheTables_AreThoseThatTheProvidersTell()
    {
        foreach (var inbound in Enum.GetValues<Inbound>())
        {
            Assert.All(Outbound.All, outbound => Assert.Equal(
                outbound.Wire?.Tokens.Names is { Length: > 0 } names ? names : DialectTable.Never,
                DialectTable.Cell(inbound, outbound.Type, Feature.Usage)));
        }
    }

    [Fact]
    public void Thoughts_ThatGoBack_AreThoseThatTheProvidersWant() => Assert.Equal(
        Outbound.All.Where(static outbound => DialectTable.Cell(Inbound.Messages, outbound.Type, Feature.Tools) == DialectTable.Yes)
            .Select(static outbound => (outbound.Type, outbound.Wire!.ThoughtsBack is null ? "no" : DialectTable.Yes)),
        DialectTable.RowsOf("Thoughts that go back").Select(static row => (row["provider"], row["verdict"])));

    [Fact]
    public void Reasons_OnThePage_AreThoseOfEverythingThatDoesNotWork()
    {
        var missing = Enum.GetValues<Inbound>()
            .SelectMany(inbound => Outbound.All.SelectMany(outbound => DialectTable.Columns.Keys.Select(feature => (Outbound: outbound.Type, Feature: feature, Cell: DialectTable.Cell(inbound, outbound.Type, feature)))))
            .Where(static cell => cell.Feature != Feature.Usage && cell.Cell != DialectTable.Yes)
            .Select(static cell => (cell.Outbound, DialectTable.Columns[cell.Feature], cell.Cell))
            .Distinct()
            .Order();

        Assert.Equal(missing, DialectTable.RowsOf("Why not").Select(static row => (row["provider"], row["what"], row["verdict"])).Order());
        Assert.All(DialectTable.RowsOf("Why not"), static row => Assert.NotEmpty(row["why"]));
    }
}
