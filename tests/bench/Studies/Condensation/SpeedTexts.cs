using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ProxyCluster.Core.Condensation;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Bench.Studies.Condensation;

/// <summary>Conversations of any length in texts of several kinds, made of sentences of real dialogues or of common words, the same ones each time.</summary>
internal static class SpeedTexts
{
    private const int Sentences = 2000;
    private const int TokensOfMessage = 200;

    // One word in this many is none of the common ones.
    private const int RareWord = 12;

    private const string ChineseWords =
        "我们 今天 明天 昨天 会议 时间 问题 公司 项目 已经 可以 需要 因为 所以 但是 如果 客户 经理 报告 数据 系统 测试 上线 版本 部门 预算 合同 价格 质量 安全 网络 服务器 数据库 接口 文档 计划 完成 开始 讨论 决定 同意 建议 修改 检查 "
        + "发现 错误 解决 方案 下个 星期三 上午 下午 北京 上海 同事 电话 邮件 地址 的 了 在 是 和 不 也 就 把 对 这个 那个 一个 三个 很多 非常 应该 希望 觉得 知道 告诉 负责 联系 准备 安排 提供 使用 支持 功能 用户 页面 速度 结果 原因 办法";

    private const string JapaneseWords =
        "会議 予定 明日 昨日 今日 資料 確認 お願い します しました です でした ます ません ので から けれども そして または 東京 大阪 会社 部長 担当 予算 契約 品質 安全 サーバー データベース ネットワーク システム テスト バージョン リリース エラー "
        + "問題 原因 解決 方法 修正 変更 検討 決定 完了 開始 連絡 準備 提供 使用 機能 利用者 画面 結果 水曜日 午前 午後 時間 価格 電話 住所 が を に は で と も の へ より まで こと もの ところ 思います 必要 重要 新しい 古い 大きい 小さい";

    private const string KoreanWords =
        "회의 시간 내일 어제 오늘 자료 확인 부탁 드립니다 했습니다 합니다 있습니다 없습니다 그래서 하지만 그리고 또는 서울에서 부산으로 회사는 부장님이 담당자가 예산을 계약을 품질과 보안은 서버를 데이터베이스가 네트워크 시스템의 테스트를 버전이 "
        + "출시는 오류가 문제를 원인은 해결 방법을 수정 변경 검토 결정했고 완료 시작 연락 준비 제공 사용 기능을 사용자가 화면에서 결과를 수요일 오전 오후에 가격이 전화로 주소는 필요한 중요한 새로운 오래된 매우 조금 다시 모두 함께";

    private const string CodeWords =
        "get set value index count list item user name path file error result token buffer stream parse read write find config option handler request response client server provider cache limit time";

    /// <summary>The kinds of text, each with sentences to take from.</summary>
    /// <param name="english">Sentences of dialogues.</param>
    public static ImmutableArray<(string Name, string[] Sentences)> Kinds(string[] english) =>
    [
        ("English", english),
        ("Chinese", Make(1, random => Sentence(random, ChineseWords.Split(' '), "", "，", "。", (0x4E00, 0x9FA5)))),
        ("Japanese", Make(2, random => Sentence(random, JapaneseWords.Split(' '), "", "、", "。", (0x4E00, 0x9FA5)))),
        ("Korean", Make(3, random => Sentence(random, KoreanWords.Split(' '), " ", ", ", ". ", (0xAC00, 0xD7A3)))),
        ("code", Make(4, Code)),
        ("logs", Make(5, Log)),
    ];

    /// <summary>A conversation of messages of about 200 tokens that ends with one that asks for something.</summary>
    public static List<ConversationMessage> Conversation(string[] sentences, int messages)
    {
        var random = new Random(messages);
        var tokens = Array.ConvertAll(sentences, sentence => TokenCounters.O200k.Count(sentence));
        var conversation = new List<ConversationMessage>();
        for (var i = 0; i < messages; i++)
        {
            var text = new StringBuilder();
            for (var left = TokensOfMessage; left > 0;)
            {
                var sentence = random.Next(sentences.Length);
                left -= tokens[sentence];
                text.Append(sentences[sentence]);
            }

            conversation.Add(new ConversationMessage { Role = i % 2 == 0 ? MessageRole.User : MessageRole.Assistant, Text = text.ToString() });
        }

        conversation.Add(new ConversationMessage { Role = MessageRole.User, Text = sentences[0] });
        return conversation;
    }

    private static string[] Make(int seed, Func<Random, string> make)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Sentences).Select(_ => make(random))];
    }

    // Common words more often than others, as any text has them.
    private static string Sentence(Random random, string[] words, string blank, string comma, string end, (int First, int Last) rare)
    {
        var text = new StringBuilder();
        var length = random.Next(6, 20);
        for (var i = 0; i < length; i++)
        {
            text.Append(i == 0 ? "" : random.Next(8) == 0 ? comma : blank);
            text.Append(random.Next(RareWord) == 0
                ? $"{(char)random.Next(rare.First, rare.Last)}{(char)random.Next(rare.First, rare.Last)}"
                : words[random.Next(1 + random.Next(words.Length))]);
        }

        return text.Append(end).ToString();
    }

    private static string Code(Random random)
    {
        var words = CodeWords.Split(' ');
        string Word() => words[random.Next(words.Length)];
        string Name() => CultureInfo.InvariantCulture.TextInfo.ToTitleCase(Word());
        return random.Next(3) > 0
            ? $"The {Word()} in `{Word()}{Name()}` fails when {Word()} is null. "
            : $"\n```csharp\npublic {Name()} {Name()}{Name()}({Name()} {Word()}, int {Word()})\n{{\n    var {Word()}{Name()} = {Word()}.{Name()}({Word()}[{random.Next(100)}]);\n    return {Word()}.{Name()}{Name()}();\n}}\n```\n";
    }

    private static string Log(Random random) => string.Create(
        CultureInfo.InvariantCulture,
        $"2026-05-{random.Next(10, 31)}T{random.Next(10, 24)}:{random.Next(10, 60)}:{random.Next(10, 60)}.{random.Next(100, 1000)}Z {(random.Next(5) == 0 ? "ERROR" : "INFO")} [worker-{random.Next(40)}] request {random.NextInt64():x16} took {random.Next(4000)} ms status={random.Next(200, 504)} path=/api/v1/items/{random.Next(100_000)}\n");
}
