using System.Globalization;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Tokens;
using ProxyCluster.GatewayApi.Condensation;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>Words of other languages than English, from the configuration.</summary>
public sealed class CondensationWordsTests
{
    private static readonly CondensationOptions German = new()
    {
        Words = { ["de"] = new() { Importance = { "dringend" }, KeyPoints = { "Fazit" }, Rules = { "niemals" } } },
    };

    [Fact]
    public void Words_OfTheConfiguration_StandBesideTheEnglishOnes()
    {
        var words = new CondensationPolicy(German).Words;

        Assert.Superset(CondensationWords.English.Importance.ToHashSet(), words.Importance.ToHashSet());
        Assert.Contains("dringend", words.Importance);
        Assert.Superset(new HashSet<string>(["never", "niemals"]), words.Rules.ToHashSet());
        Assert.Same(CondensationWords.English, new CondensationPolicy(new()).Words);
    }

    [Fact]
    public void Message_ThatIsUrgentInItsLanguage_IsKeptWhereTheWordIsKnown()
    {
        Assert.DoesNotContain(Urgent, Kept(CondensationWords.English));
        Assert.Contains(Urgent, Kept(new CondensationPolicy(German).Words));
    }

    [Fact]
    public void Topics_OfTheConfiguration_AddToTheKnownOnes()
    {
        CondensationOptions options = new()
        {
            Words =
            {
                ["de"] = new() { Topics = { ["technical_issues"] = new() { Words = { "Fehler" } }, ["billing"] = new() { Words = { "Rechnung" } } } },
                ["zh"] = new() { Topics = { ["billing"] = new() { Words = { "发票" } } } },
            },
        };
        var topics = new CondensationPolicy(options).Words.Topics;

        Assert.Equal(["technical_issues", "feature_discussion", "questions_answers", "billing"], topics.Select(static topic => topic.Name));
        Assert.Equal(["error", "bug", "issue", "problem", "Fehler"], topics[0].Words);
        Assert.Equal(["Rechnung", "发票"], topics[3].Words);
    }

    [Theory]
    [InlineData("de", "Rechnung", "Die Rechnung von Tag {0} fehlt noch.")]
    [InlineData("zh", "发票", "第{0}天的发票还没有收到。")]
    public void Messages_OfAConfiguredTopic_StandTogether(string language, string word, string said)
    {
        var words = CondensationWords.English.With([new CondensationOptions { Words = { [language] = new() { Topics = { ["billing"] = new() { Words = { word } } } } } }.Words[language]]);
        var messages = Enumerable.Range(0, 20)
            .Select(i => Conversations.Message(i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, string.Format(CultureInfo.InvariantCulture, said, i)))
            .Append(Conversations.Message(MessageRole.User, "ok"))
            .ToList();
        var request = new CondensationRequest { Budget = 150, Counter = TokenCounters.O200k, Strategy = CondensationStrategy.Semantic, Words = words };

        Assert.Contains("Topic: billing\n", Condenser.Condense(messages, request).Text, StringComparison.Ordinal);
    }

    private const int Urgent = 8;

    // By time and importance alone; the older of two that say as much goes.
    private static IEnumerable<int> Kept(CondensationWords words)
    {
        var messages = Enumerable.Range(0, 20)
            .Select(i => Conversations.Message(i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, $"Wir reden heute über das Thema {i} und noch viel mehr davon."))
            .ToList();
        messages[Urgent] = Conversations.Message(MessageRole.User, "Es ist dringend, wirklich dringend, wegen Thema 8 und mehr.");
        var request = new CondensationRequest { Budget = 200, Counter = TokenCounters.O200k, Strategy = CondensationStrategy.Temporal, Words = words };
        return Condenser.Condense(messages, request).Messages.Select(static message => message.Source);
    }
}
