using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>Every strategy finds what stands out in a conversation of any language.</summary>
public sealed class StrategyLanguageTests
{
    public static TheoryData<string, string, string, string> Talks => new()
    {
        { "zh", "今天天气真不错，我们随便聊聊吧。", "备用钥匙在蓝色的花盆下面，是丽华告诉我的。", "备用钥匙在哪里" },
        { "ja", "今日はとてもいい天気ですね、ありがとう。", "予備の鍵は青い植木鉢の下にあります。", "予備の鍵はどこですか" },
        { "ar", "شكرا جزيلا لك، كان يوما جميلا وهادئا.", "المفتاح الاحتياطي تحت أصيص الزهور الأزرق.", "أين المفتاح الاحتياطي" },
        { "hi", "आज मौसम बहुत अच्छा है, धन्यवाद।", "अतिरिक्त चाबी नीले गमले के नीचे रखी है।", "अतिरिक्त चाबी कहाँ है" },
        { "th", "วันนี้อากาศดีมากขอบคุณครับ", "กุญแจสำรองอยู่ใต้กระถางดอกไม้สีน้ำเงิน", "กุญแจสำรองอยู่ที่ไหน" },
        { "de", "Das war wirklich ein schöner Tag, vielen Dank.", "Der Ersatzschlüssel liegt unter dem blauen Blumentopf.", "Wo liegt der Ersatzschlüssel" },
    };

    // No word of these languages is known as a key point.
    [Theory]
    [MemberData(nameof(Talks))]
    public void Fact_IsKept_ByEveryStrategyThatChooses(string language, string filler, string answer, string question)
    {
        foreach (var strategy in (CondensationStrategy[])[CondensationStrategy.Hybrid, CondensationStrategy.Structural, CondensationStrategy.Semantic])
        {
            var result = Condenser.Condense(Talk(filler, answer, question), new CondensationRequest { Budget = 400, Counter = TokenCounters.O200k, Strategy = strategy });
            Assert.True(result.Text.Contains(answer, StringComparison.Ordinal), $"{language} {strategy}: {result.Text}");
        }

        // By time and position the newest: the fact is told again.
        var late = Talk(filler, answer, question);
        late[78] = late[37] with { Role = MessageRole.User };
        Assert.Contains(answer, Condenser.Condense(late, new CondensationRequest { Budget = 400, Counter = TokenCounters.O200k, Strategy = CondensationStrategy.Temporal }).Text, StringComparison.Ordinal);
    }

    private static List<ConversationMessage> Talk(string filler, string answer, string question)
    {
        var messages = Enumerable.Range(0, 80).Select(i => Conversations.Message(i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, $"{filler} {i}")).ToList();
        messages[37] = Conversations.Message(MessageRole.Assistant, answer);
        messages.Add(Conversations.Message(MessageRole.User, question));
        return messages;
    }
}
