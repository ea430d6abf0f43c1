using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using ProxyCluster.Extensions.Hooks;
using ProxyCluster.GatewayApi.Hooks;

namespace ProxyCluster.Tests.Unit.Hooks;

/// <summary>What comes out of a stream is what comes out of the whole text, however it was cut.</summary>
public sealed class StreamedTextPropertyTests
{
    private const int MostPieceCharacters = 7;

    /// <summary>Patterns with a longest match, and that match's length.</summary>
    private static readonly (string Pattern, int Longest)[] Patterns =
    [
        ("ab", 2),
        ("a{2,5}", 5),
        (@"\bba?\b", 2),
        ("a(b{3}c)?", 5),
        ("(ab|abab|b)", 4),
        (@"\d{3}", 3),
        ("[ab]{1,4}$", 4),
        ("^ab", 2),
        (@"(?i)SK-\w{1,6}", 9),
        ("é|😀", 2),
        ("b c d e", 7),
    ];

    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Const("a"), Gen.Const("b"), Gen.Const("ab"), Gen.Const(" "), Gen.Const("c"), Gen.Const("bbbc"), Gen.Const("b c d e"), Gen.Const("12"), Gen.Const("7"),
        Gen.Const("sk-"), Gen.Const("é"), Gen.Const("😀"), Gen.Const("\n"), Gen.Const("\""), Gen.Const("\\")).Array[0, 40].Select(string.Concat);

    private static readonly Gen<int[]> Cuts = Gen.Int[1, MostPieceCharacters].Array[0, 60];

    private static readonly Gen<int[]> Choices = Gen.Int[0, Patterns.Length - 1].Array[1, 3];

    [Fact]
    public void AnyText_CutAnywhere_LeavesAsTheWholeTextDoes() => Gen.Select(Texts, Cuts, Choices).Sample(
        (text, cuts, choices) =>
        {
            var hooks = choices.Select(choice => HookCase.Redact(Patterns[choice].Pattern, $"<{choice}>", Patterns[choice].Longest)).ToArray();
            var expected = choices.Aggregate(
                text, (left, choice) => Regex.Replace(left, Patterns[choice].Pattern, $"<{choice}>", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking));

            Assert.Equal(expected, Run(HookTextKind.Text, hooks, [text]).Text);
            Assert.Equal(expected, Run(HookTextKind.Text, hooks, Cut(text, cuts)).Text);
        },
        iter: 1000,
        threads: 1);

    [Fact]
    public void AnyText_WithSeveralPatternsInOneHook_LeavesAsTheWholeTextDoes() => Gen.Select(Texts, Cuts, Choices).Sample(
        (text, cuts, choices) =>
        {
            var hook = RedactHook.Create(new HookSettings(JsonSerializer.Serialize(new
            {
                WindowCharacters = choices.Max(choice => Patterns[choice].Longest),
                Patterns = choices.Select(choice => new { Name = $"p{choice}", Patterns[choice].Pattern }),
            })));

            Assert.Equal(Run(HookTextKind.Text, [hook], [text]), Run(HookTextKind.Text, [hook], Cut(text, cuts)));
        },
        iter: 1000,
        threads: 1);

    [Fact]
    public void AnyText_ThatIsDenied_IsDeniedWhereverItIsCut() => Gen.Select(Texts, Cuts, Choices).Sample(
        (text, cuts, choices) =>
        {
            var hooks = choices.Select(choice => HookCase.Deny(Patterns[choice].Pattern, Patterns[choice].Longest)).ToArray();
            var isDenied = choices.Any(choice => Regex.IsMatch(text, Patterns[choice].Pattern, RegexOptions.CultureInvariant));

            var (code, told) = Run(HookTextKind.Text, hooks, Cut(text, cuts));

            Assert.Equal(isDenied ? "content_filter" : null, code);
            Assert.StartsWith(told, text, StringComparison.Ordinal);
            Assert.All(
                choices.Select(choice => Regex.Match(text, Patterns[choice].Pattern, RegexOptions.CultureInvariant)).Where(match => match.Success),
                match => Assert.True(told.Length <= match.Index, $"'{told}' was told of '{text}'."));
        },
        iter: 1000,
        threads: 1);

    [Fact]
    public void AnyArguments_CutAnywhere_StayJsonAndHaveEachValueJudged() => Gen.Select(Texts, Texts, Gen.Int, Cuts, Choices).Sample(
        (name, value, number, cuts, choices) =>
        {
            var hooks = choices.Select(choice => HookCase.Redact(Patterns[choice].Pattern, "\"<\\>\n", Patterns[choice].Longest)).ToArray();
            var json = JsonSerializer.Serialize(new Dictionary<string, object?> { ["n" + name] = value, ["list"] = new object?[] { number, true, null, value } });

            var streamed = Run(HookTextKind.ToolArguments, hooks, Cut(json, cuts)).Text;

            using var document = JsonDocument.Parse(streamed);
            var list = document.RootElement.GetProperty("list");
            var expected = Run(HookTextKind.Text, hooks, [value]).Text;
            Assert.Equal(expected, list[3].GetString());
            Assert.Contains(document.RootElement.EnumerateObject(), member => member.Name == Run(HookTextKind.Text, hooks, ["n" + name]).Text);
            Assert.Equal(Run(HookTextKind.Text, hooks, [$"{number}"]).Text, list[0].ToString());
        },
        iter: 700,
        threads: 1);

    [Fact]
    public void AnyArguments_ThatNothingIsFoundIn_StayAsTheyWere() => Gen.Select(Texts, Gen.Bool, Cuts).Sample(
        (text, isJson, cuts) =>
        {
            var json = isJson ? JsonSerializer.Serialize(new { a = text, b = new[] { 1.5 } }) : text.Replace('\\', '/').Replace('\n', ' ');
            GatewayHook[] hooks = [HookCase.Redact("never there", "x", 20)];

            Assert.Equal(json, Run(HookTextKind.ToolArguments, hooks, [json]).Text);
            if (isJson)
            {
                Assert.Equal(JsonDocument.Parse(json).RootElement.GetProperty("a").GetString(), JsonDocument.Parse(Run(HookTextKind.ToolArguments, hooks, Cut(json, cuts)).Text).RootElement.GetProperty("a").GetString());
            }
        },
        iter: 700,
        threads: 1);

    [Fact]
    public void AnyArguments_TakenApart_JoinToWhatTheyWere() => Gen.Select(Gen.OneOf(Texts, Gen.String), Cuts).Sample(
        (text, cuts) =>
        {
            var lexer = new JsonTextLexer();
            var pieces = Cut(text, cuts).SelectMany(piece => lexer.Read(piece, isEnd: false)).ToList();

            Assert.Equal(text, string.Concat(pieces.Concat(lexer.Read("", isEnd: true)).Select(static piece => piece.Raw)));
        },
        iter: 2000,
        threads: 1);

    // Every call is answered at once: nothing is waited for.
    private static (string? Code, string Text) Run(HookTextKind kind, GatewayHook[] hooks, IEnumerable<string> pieces) =>
        HookCase.Chat(hooks).RunAsync(kind, pieces).GetAwaiter().GetResult();

    private static IEnumerable<string> Cut(string text, int[] cuts)
    {
        var place = 0;
        for (var i = 0; place < text.Length; i++)
        {
            var length = Math.Min(cuts.Length == 0 ? 3 : cuts[i % cuts.Length], text.Length - place);
            yield return text.Substring(place, length);
            place += length;
        }
    }
}
