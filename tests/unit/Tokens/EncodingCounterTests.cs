using Microsoft.ML.Tokenizers;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Tokens;

/// <summary>What is cut and remembered here counts as the library counts it.</summary>
public sealed class EncodingCounterTests
{
    private const int Texts = 20_000;

    private static readonly string[] Parts =
    [
        "a", "hello", "World", "HTTP", "getValue", "it's", "DON'T", "'s", "'", "\"", "(", ")", ".", ",", "/", "//", "-", "_", " ", "  ", "    ", "\n", "\n\n", "\r\n", "\t", "1", "12", "12345",
        "é", "ü", "漢字", "🙂", "'ll", "\u00a0", "x1", "#", "```", "{", "}", "\u0301", "\u000b", "I'm", "the", " of", "٣", "\u007f", "\0", "ʼ", ">", "=", "|", "ſ", "Ä", "unquestionably",
    ];

    [Theory]
    [InlineData("o200k_base", true)]
    [InlineData("cl100k_base", false)]
    public void Count_OfAnyText_IsTheLibrarys(string encoding, bool splitsAtCapitals)
    {
        var library = TiktokenTokenizer.CreateForEncoding(encoding);
        var counter = new EncodingCounter(encoding, splitsAtCapitals);
        var random = new Random(1);
        for (var i = 0; i < Texts; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Parts[random.Next(Parts.Length)]));

            Assert.True(library.CountTokens(text, considerPreTokenization: true, considerNormalization: false) == counter.Count(text), text);
        }
    }
}
