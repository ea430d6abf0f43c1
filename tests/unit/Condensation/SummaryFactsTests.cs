using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>A summary that states something otherwise than the conversation does is thrown away.</summary>
public sealed class SummaryFactsTests
{
    private const string English =
        "Ada said that the staging broker listens on port 7781, and that the release of the billing service is on 14 May 2031. "
        + "We have three servers of the billing team in Lisbon. The team will not retry a failed payment, because the bank charges 1,250 dollars for each of them. "
        + "Grace found that the disk of the first server was full.";

    private const string German =
        "Die Warteschlange des Testsystems hört auf den Anschluss 7781, und die Auslieferung ist am 14. Mai. Wir haben drei Rechner in Lissabon. "
        + "Die Gruppe wird eine fehlgeschlagene Zahlung nicht wiederholen, weil die Bank dafür Gebühren verlangt.";

    private const string Japanese = "会議は来週の水曜日に延期されました。予算は1,250ドルです。決済は再試行しません。";

    [Theory]
    [InlineData("The staging broker listens on port 7781; the release of the billing service is on 14 May 2031.", true)]
    [InlineData("The release is on 2031-05-14, it seems: 14 May.", true)]
    [InlineData("The staging broker listens on port 7718.", false)]
    [InlineData("The bank charges 1250 dollars for each failed payment.", true)]
    [InlineData("The bank charges 1,520 dollars for each failed payment.", false)]
    [InlineData("There are 3 servers in Lisbon.", true)]
    [InlineData("The bank charges 1.250 dollars for each failed payment.", true)]
    [InlineData("The bank charges 12.50 dollars for each failed payment.", false)]
    [InlineData("The release of the billing service is on 14.05.2031.", true)]
    [InlineData("The bank charges 14.3 dollars for each failed payment.", false)]
    [InlineData("7718: the broker's port.", false)]
    [InlineData("There is 1 full disk.", true)]
    [InlineData("1. Ada named the port of the broker.\n2) Grace found a full disk.", true)]
    public void Numbers_ThatTheSourceDoesNotHave(string summary, bool holds) => Assert.Equal(holds, Holds(summary, English));

    [Theory]
    [InlineData("The team learned from Ada which port the broker listens on.", true)]
    [InlineData("The team learned from Lindiwe which port the broker listens on.", false)]
    [InlineData("The broker listens where brokerHost says it does on staging.", false)]
    [InlineData("Next Steps And Owners: the disk was full.", true)]
    public void Names_ThatTheSourceDoesNotHave(string summary, bool holds) => Assert.Equal(holds, Holds(summary, English));

    [Theory]
    [InlineData("The team will not retry a failed payment, because the bank charges for each.", true)]
    [InlineData("The team will never retry a failed payment, because the bank charges for each.", true)]
    [InlineData("The team will retry a failed payment, because the bank charges dollars for each.", false)]
    [InlineData("Grace did not find that the disk of the first server was full.", false)]
    [InlineData("We have three servers of the billing team in Lisbon.", true)]
    [InlineData("We have five servers of the billing team in Lisbon.", false)]
    public void Denials_AreKept(string summary, bool holds) => Assert.Equal(holds, Holds(summary, English));

    // Nothing that needs the language to be known decides where it is not.
    [Theory]
    [InlineData(German, "Die Gruppe wird eine fehlgeschlagene Zahlung wiederholen, weil die Bank Gebühren verlangt.", true)]
    [InlineData(German, "Es gibt 3 Rechner in Lissabon, und die Warteschlange hört auf 7781.", true)]
    [InlineData(German, "Die Warteschlange des Testsystems hört auf den Anschluss 7782.", false)]
    [InlineData(German, "Im Kern: Die Lieferfrist der Warteschlange ist im Mai.", true)]
    [InlineData(Japanese, "会議は水曜日に延期。予算は1250ドル、参加者は3人。", true)]
    [InlineData(Japanese, "会議は水曜日に延期。予算は1520ドル。", false)]
    public void UnknownLanguage_IsHeldAgainstItsNumbersAlone(string source, string summary, bool holds) => Assert.Equal(holds, Holds(summary, source));

    [Fact]
    public void Language_ThatIsConfigured_IsHeldAgainstItsDenials()
    {
        var german = new CondensationWordOptions();
        foreach (var word in (string[])["die", "der", "das", "des", "den", "und", "ist", "auf", "eine", "wird", "weil", "wir", "in", "am", "haben", "dafür"])
        {
            german.Stop.Add(word);
        }

        german.Denials.Add("nicht");
        var words = CondensationWords.English.With([german]);

        Assert.False(SummaryFacts.Hold("Die Gruppe wird eine fehlgeschlagene Zahlung wiederholen, weil die Bank Gebühren verlangt.", German, words));
        Assert.True(SummaryFacts.Hold("Die Gruppe wird eine fehlgeschlagene Zahlung nicht wiederholen, weil die Bank Gebühren verlangt.", German, words));
    }

    [Fact]
    public void Sentence_OfALongSource_IsHeldAgainstFewOfIt()
    {
        var source = string.Join(' ', Enumerable.Range(0, 20_000).Select(static i => $"The broker number {i} of the staging system does not listen on that port any more."));
        var facts = new SourceFacts(source, CondensationWords.English, CancellationToken.None);

        Assert.InRange(facts.Alike(facts.Read("The broker number 7 of the staging system does not listen on that port any more.")).Count, 1, 6 * 64);
    }

    private static bool Holds(string summary, string source) => SummaryFacts.Hold(summary, source, CondensationWords.English);
}
