using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Condensation;

/// <summary>What matters is found in any language: no rule that knows English decides alone.</summary>
public sealed class LanguageTests
{
    private const int FirstPlace = 17;
    private const int SecondPlace = 37;

    // Below it nothing is searched for.
    private const int LeastRoom = 40;

    private static readonly CondensationWords NoWords = new()
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

    private static readonly Dictionary<string, LanguageTalk> Known = new(StringComparer.Ordinal)
    {
        ["zh"] = new(
            new("备用钥匙在蓝色的花盆下面，是丽华告诉我的。", "备用钥匙在哪里"),
            new("护照放在书房第二个抽屉的铁盒子里。", "护照放在什么地方"),
            ["昨天的会议推迟到了下个星期三。", "邻居家的小狗叫豆豆，今年三岁。", "超市的苹果每斤涨到了八块钱。", "我哥哥在上海的一家银行工作。"]),
        ["ja"] = new(
            new("予備の鍵は青い植木鉢の下にあります。", "予備の鍵はどこですか"),
            new("パスポートは書斎の二番目の引き出しに入れました。", "パスポートはどこに入れましたか"),
            ["会議は来週の水曜日に延期されました。", "隣の犬の名前はマメで、三歳です。", "りんごの値段が百五十円に上がりました。", "兄は大阪の銀行で働いています。"]),
        ["ar"] = new(
            new("المفتاح الاحتياطي تحت أصيص الزهور الأزرق.", "أين المفتاح الاحتياطي"),
            new("جواز السفر في الدرج الثاني من مكتب الدراسة.", "أين وضعت جواز السفر"),
            ["تأجل اجتماع الأمس إلى يوم الأربعاء القادم.", "كلب الجيران اسمه فهد وعمره ثلاث سنوات.", "ارتفع سعر التفاح إلى ثمانية دراهم.", "يعمل أخي في مصرف بمدينة دبي."]),
        ["hi"] = new(
            new("अतिरिक्त चाबी नीले गमले के नीचे रखी है।", "अतिरिक्त चाबी कहाँ है"),
            new("पासपोर्ट अध्ययन कक्ष की दूसरी दराज में है।", "पासपोर्ट किस दराज में है"),
            ["कल की बैठक अगले बुधवार तक टल गई।", "पड़ोसी के कुत्ते का नाम मोती है।", "सेब का दाम अस्सी रुपये हो गया।", "मेरा भाई मुंबई के एक बैंक में काम करता है।"]),
        ["th"] = new(
            new("กุญแจสำรองอยู่ใต้กระถางดอกไม้สีน้ำเงิน", "กุญแจสำรองอยู่ที่ไหน"),
            new("หนังสือเดินทางเก็บไว้ในลิ้นชักที่สองของห้องทำงาน", "หนังสือเดินทางเก็บไว้ที่ไหน"),
            ["การประชุมเมื่อวานเลื่อนไปเป็นวันพุธหน้า", "สุนัขของเพื่อนบ้านชื่อถั่วอายุสามปี", "ราคาแอปเปิลขึ้นเป็นแปดสิบบาทต่อกิโล", "พี่ชายของฉันทำงานธนาคารที่เชียงใหม่"]),
        ["de"] = new(
            new("Der Ersatzschlüssel liegt unter dem blauen Blumentopf.", "Wo liegt der Ersatzschlüssel"),
            new("Der Reisepass steckt in der zweiten Schublade des Schreibtischs.", "Wo steckt der Reisepass"),
            ["Die Besprechung ist auf nächsten Mittwoch verschoben.", "Der Hund der Nachbarn heißt Bruno und ist drei Jahre alt.", "Die Äpfel kosten jetzt vier Euro das Kilo.", "Mein Bruder arbeitet bei einer Bank in Hamburg."]),
    };

    public static TheoryData<string> Languages => [.. Known.Keys];

    // There is room for one fact: what is rare alone would keep the same one whatever is asked.
    [Theory]
    [MemberData(nameof(Languages))]
    public void Query_DecidesWhichFactIsKept_InAnyLanguage(string language)
    {
        var talk = Known[language];

        Assert.Equal([FirstPlace], FactsKept(talk, talk.First.Question, CondensationWords.English));
        Assert.Equal([SecondPlace], FactsKept(talk, talk.Second.Question, CondensationWords.English));
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Query_DecidesWhichFactIsKept_WhereNoWordOfItsLanguageIsKnown(string language)
    {
        var talk = Known[language];

        Assert.Equal([FirstPlace], FactsKept(talk, talk.First.Question, NoWords));
        Assert.Equal([SecondPlace], FactsKept(talk, talk.Second.Question, NoWords));
    }

    // The last message says what is wanted, and has no question mark.
    [Theory]
    [MemberData(nameof(Languages))]
    public void Answer_ToTheLastMessage_IsKept_WithoutAQuestionMark(string language)
    {
        var talk = Known[language];
        List<ConversationMessage> messages = [.. talk.Messages(), Conversations.Message(MessageRole.User, talk.First.Question)];

        Assert.Contains(FirstPlace, Condense(messages, 400, null, CondensationWords.English).Messages.Select(message => message.Source));
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

    private static IEnumerable<int> FactsKept(LanguageTalk talk, string question, CondensationWords words)
    {
        List<ConversationMessage> messages = [.. talk.Messages(), Conversations.Message(MessageRole.User, "OK")];
        var facts = new[] { MessageCost.Of(messages[FirstPlace], TokenCounters.O200k), MessageCost.Of(messages[SecondPlace], TokenCounters.O200k) };
        var room = Math.Max(LeastRoom, facts.Max());
        Assert.True(room < facts.Sum(), "Both would fit.");
        var budget = MessageCost.OfConversation + MessageCost.Of(messages[^1], TokenCounters.O200k) + room;
        return Condense(messages, budget, question, words).Messages.Select(message => message.Source).Where(source => source is FirstPlace or SecondPlace);
    }

    private static CondensationResult Condense(List<ConversationMessage> messages, int budget, string? query, CondensationWords words) =>
        Condenser.Condense(messages, new CondensationRequest { Budget = budget, Counter = TokenCounters.O200k, Query = query, Words = words });

    private sealed record Asked(string Fact, string Question);

    private sealed record LanguageTalk(Asked First, Asked Second, string[] Fillers)
    {
        public List<ConversationMessage> Messages() =>
        [
            .. Enumerable.Range(0, 60).Select(i => Conversations.Message(
                i % 2 == 0 ? MessageRole.Assistant : MessageRole.User,
                i == FirstPlace ? Among(First.Fact) : i == SecondPlace ? Among(Second.Fact) : $"{Fillers[i % Fillers.Length]} {i}")),
        ];

        private string Among(string fact) => $"{Fillers[0]} {fact} {Fillers[1]}";
    }
}
