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
