using Microsoft.ML.Tokenizers;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Tokens;

/// <summary>What is cut and remembered here counts as the library counts it.</summary>
public sealed class EncodingCounterTests
{
    private const int Texts = 20_000;

    // Stands in no token with anything else, so that there is a seam on both sides of it.
    private const char Rare = '\u9F98';

    private static readonly string[] Parts =
    [
        "a", "hello", "World", "HTTP", "getValue", "it's", "DON'T", "'s", "'", "\"", "(", ")", ".", ",", "/", "//", "-", "_", " ", "  ", "    ", "\n", "\n\n", "\r\n", "\t", "1", "12", "12345",
        "é", "ü", "漢字", "🙂", "'ll", "\u00a0", "x1", "#", "```", "{", "}", "\u0301", "\u000b", "I'm", "the", " of", "٣", "\u007f", "\0", "ʼ", ">", "=", "|", "ſ", "Ä", "unquestionably",
        "Größenordnung", "Ǆ", "ǅ", "ª", "Привет", " мир", "क्षमता", "สวัสดี", "العربية", "½", "Ⅻ", "\u2028", "\u3000", "\ufffd", "\ud800", "\udc00",
    ];

    private static readonly string[] Between = ["，", "。", "、", "！？", "：“", "”", "「", "」", "ー", "々", "\u3099", "\u3000", " ", "\n", "\n\n", "１２", "12", "a", "GPT", "'s", "🙂", "\ud83d", "％", "\u200b", "\ufeff", "\ufffd"];

    public static TheoryData<string, bool> Encodings => new() { { "o200k_base", true }, { "cl100k_base", false } };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Count_OfAnyText_IsTheLibrarys(string encoding, bool isO200k)
    {
        var random = new Random(1);
        AssertSame(encoding, isO200k, Enumerable.Range(0, Texts).Select(_ => Some(random, 12, () => Parts[random.Next(Parts.Length)])));
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Count_OfEastAsianText_IsTheLibrarys(string encoding, bool isO200k)
    {
        var random = new Random(2);
        var tokens = EastAsianTokens(encoding);
        Func<string>[] kinds =
        [
            () => tokens[random.Next(tokens.Length)],
            () => $"{(char)random.Next(0x4E00, 0xA000)}{(char)random.Next(0x4E00, 0xA000)}",
            () => $"{(char)random.Next(0x3041, 0x3100)}{(char)random.Next(0x3041, 0x3100)}",
            () => $"{(char)random.Next(0xAC00, 0xD7A4)}{(char)random.Next(0xAC00, 0xD7A4)}",
            () => $"{(char)random.Next(0x2E80, 0x10000)}",
            () => Between[random.Next(Between.Length)],
        ];

        AssertSame(encoding, isO200k, Enumerable.Range(0, Texts).Select(i => Some(random, 20, kinds[random.Next(3) == 0 ? kinds.Length - 1 : (i % 2 == 0 ? i / 2 : random.Next(kinds.Length)) % kinds.Length])));
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void EveryEastAsianToken_InsideOfARun_CountsAsInTheLibrary(string encoding, bool isO200k) =>
        AssertSame(encoding, isO200k, EastAsianTokens(encoding).Select(token => $"{Rare}{token}{Rare}"));

    [Fact]
    public void Count_OnManyThreads_IsTheSame()
    {
        var random = new Random(3);
        var texts = Enumerable.Range(0, 500).Select(_ => Some(random, 40, () => $" {(char)random.Next(0x0430, 0x0450)}{(char)random.Next(0x0430, 0x0450)}ловами 漢{(char)random.Next(0x4E00, 0x4F00)}")).ToArray();
        var counter = new EncodingCounter("o200k_base", isO200k: true);
        var expected = Array.ConvertAll(texts, text => counter.Count(text, CancellationToken.None));

        Parallel.For(0, 20, _ => Assert.Equal(expected, Array.ConvertAll(texts, text => counter.Count(text, CancellationToken.None))));
    }

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Library_IsLoadedOnlyForWhatItAloneCanCut(string encoding, bool isO200k)
    {
        var counter = new EncodingCounter(encoding, isO200k);

        counter.Count("It's late, and l'été est fini 🙂 — 我们昨天讨论了预算。", CancellationToken.None);
        Assert.False(counter.HasLoadedLibrary);
        counter.Count("it'ſ", CancellationToken.None);
        Assert.True(counter.HasLoadedLibrary);
    }

    private static string[] EastAsianTokens(string encoding)
    {
        var library = TiktokenTokenizer.CreateForEncoding(encoding);
        var tokens = Enumerable.Range(0, encoding == "o200k_base" ? 199_998 : 100_256).Select(id => library.Decode([id]));
        return [.. tokens.Where(token => token.Length > 0 && token.All(c => EastAsian.Is(c) && c != '\ufffd'))];
    }

    private static string Some(Random random, int most, Func<string> next) => string.Concat(Enumerable.Range(0, random.Next(1, most)).Select(_ => next()));

    private static void AssertSame(string encoding, bool isO200k, IEnumerable<string> texts)
    {
        var library = TiktokenTokenizer.CreateForEncoding(encoding);
        var counter = new EncodingCounter(encoding, isO200k);
        foreach (var text in texts)
        {
            var expected = library.CountTokens(text, considerPreTokenization: true, considerNormalization: false);

            // Twice: counted, and remembered.
            Assert.True(expected == counter.Count(text, CancellationToken.None), $"{text} ({string.Join(' ', text.Select(c => $"{(int)c:X4}"))})");
            Assert.True(expected == counter.Count(text, CancellationToken.None), $"{text}, remembered");
        }
    }
}
