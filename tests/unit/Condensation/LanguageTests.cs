using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>What matters is found in any language: no rule that knows English decides alone.</summary>
public sealed class LanguageTests
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

    // With a query, and with a last message that carries no question mark.
    [Theory]
    [MemberData(nameof(Talks))]
    public void Answer_IsKept_InAnyLanguage(string language, string filler, string answer, string question)
    {
        var messages = Talk(filler, answer, question);

        Assert.Contains(37, Sources(messages, question));
        Assert.True(Sources(messages, null).Contains(37), language);
    }

    [Theory]
    [MemberData(nameof(Talks))]
    public void Answer_IsKept_WhereNoWordOfItsLanguageIsKnown(string language, string filler, string answer, string question)
    {
        var none = new CondensationWords
        {
            Importance = [],
            KeyPoints = [],
            Topics = [],
            Times = [],
            Numbers = [],
            Decisions = [],
            AsksTime = [],
            AsksNumber = [],
            Stop = [],
        };

        Assert.True(Sources(Talk(filler, answer, question), question, none).Contains(37), language);
    }

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

    [Theory]
    [InlineData("我们昨天讨论了预算。他说：“好。”然后走了！真的吗？是", new[] { "我们昨天讨论了预算。", "他说：“好。”", "然后走了！", "真的吗？", "是" })]
    [InlineData("今日は寒い。明日は？「はい。」そう", new[] { "今日は寒い。", "明日は？", "「はい。」", "そう" })]
    [InlineData("متى يبدأ الاجتماع؟ غدًا صباحًا. حسنا", new[] { "متى يبدأ الاجتماع؟", "غدًا صباحًا.", "حسنا" })]
    [InlineData("वह आया। फिर गया॥ क्यों?", new[] { "वह आया।", "फिर गया॥", "क्यों?" })]
    [InlineData("ฉันไปตลาดเมื่อวานนี้กับแม่ของฉัน แล้วเราก็ซื้อผลไม้มากมาย", new[] { "ฉันไปตลาดเมื่อวานนี้กับแม่ของฉัน", "แล้วเราก็ซื้อผลไม้มากมาย" })]
    [InlineData("ខ្ញុំទៅផ្សារ។ ល្អ", new[] { "ខ្ញុំទៅផ្សារ។", "ល្អ" })]
    public void Sentences_EndWhereTheirScriptEndsThem(string text, string[] sentences)
    {
        var segments = new List<TextSegment>();
        TextSegments.Cut(text, segments);

        Assert.Equal(sentences, segments.Select(segment => segment.Of(text).ToString()));
    }

    [Fact]
    public void LongMessage_IsShortenedToTheSentenceThatAnswers()
    {
        var text = string.Concat(Enumerable.Range(0, 60).Select(i => $"第{i}天我们只是随便聊聊天气和午饭。")) + "备用钥匙在蓝色的花盆下面。";
        List<ConversationMessage> messages =
        [
            Conversations.Message(MessageRole.User, text),
            Conversations.Message(MessageRole.Assistant, "好的。"),
            Conversations.Message(MessageRole.User, "谢谢"),
        ];
        var result = Condense(messages, 200, "备用钥匙在哪里", CondensationWords.English);

        Assert.Contains("备用钥匙在蓝色的花盆下面。", result.Text, StringComparison.Ordinal);
    }

    private static List<ConversationMessage> Talk(string filler, string answer, string question)
    {
        var messages = Enumerable.Range(0, 80).Select(i => Conversations.Message(i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, $"{filler} {i}")).ToList();
        messages[37] = Conversations.Message(MessageRole.Assistant, answer);
        messages.Add(Conversations.Message(MessageRole.User, question));
        return messages;
    }

    private static IEnumerable<int> Sources(List<ConversationMessage> messages, string? query, CondensationWords? words = null) =>
        Condense(messages, 400, query, words ?? CondensationWords.English).Messages.Select(message => message.Source);

    private static CondensationResult Condense(List<ConversationMessage> messages, int budget, string? query, CondensationWords words) =>
        Condenser.Condense(messages, new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k, Query = query, Words = words });
}
