using ProxyCluster.Core.Condensation;

namespace ProxyCluster.Tests.Unit.Condensation;

public sealed class TermTests
{
    [Theory]
    [InlineData("Painting painted paints", new[] { "paint", "paint", "paint" })]
    [InlineData("stories; running, used", new[] { "story", "run", "used" })]
    [InlineData("snake_case v2 42", new[] { "snake_cas", "v2", "42" })]
    [InlineData("北京预算", new[] { "北京", "京预", "预算" })]
    [InlineData("猫 and", new[] { "猫", "and" })]
    [InlineData("Größe ÜBER", new[] { "größ", "über" })]
    public void Read_GivesTermsToCompareBy(string text, string[] terms)
    {
        var found = new List<string>();
        var scanner = new TextScanner(text, stackalloc char[TextScanner.LongestTerm]);
        while (scanner.Read())
        {
            found.Add(scanner.Term.ToString());
        }

        Assert.Equal(terms, found);
    }

    [Theory]
    [InlineData("counsel", "counselor", 0.7, 1)]
    [InlineData("adopt", "adoption", 0.7, 1)]
    [InlineData("paint", "pottery", 0, 0.2)]
    [InlineData("cat", "cats", 0, 0)]
    [InlineData("release", "release", 1, 1)]
    public void Kinship_IsHighForWordsOfOneFamily(string a, string b, double least, double most) =>
        Assert.InRange(TermKinship.Of(a, b), least, most);

    [Theory]
    [InlineData("[1:56 pm on 8 May, 2023] Caroline: Hey Mel!", "Caroline")]
    [InlineData("Mel O'Neil: hi", "Mel O'Neil")]
    [InlineData("Note to self", "")]
    [InlineData("http://example.com", "")]
    [InlineData("", "")]
    public void Speaker_IsTheNameBeforeTheColon(string text, string name) =>
        Assert.Equal(name, Speaker.Of(Conversations.Message(MessageRole.User, text)).ToString());

    // 0.3 × min(length ÷ 1000, 1) + 0.4 × min(keywords ÷ 3, 1) + 0.3 for a question.
    [Theory]
    [InlineData(100, "", 0.03)]
    [InlineData(2000, "", 0.3)]
    [InlineData(100, "error ", 0.03 + (0.4 / 3))]
    [InlineData(100, "Urgent bug: fix the error", 0.03 + 0.4)]
    [InlineData(100, "why?", 0.03 + 0.3)]
    public void Importance_IsThatOfTheSpecification(int length, string text, double expected) =>
        Assert.Equal(expected, Importance.Of(text.PadRight(length, 'x'), CondensationWords.English), 9);

    // 0.4 ÷ (1 + hours) + 0.4 × importance + 0.2 × index ÷ count.
    [Theory]
    [InlineData(0, 0, 0, 10, 0.4)]
    [InlineData(60, 0.5, 5, 10, 0.2 + 0.2 + 0.1)]
    [InlineData(180, 1, 9, 10, 0.1 + 0.4 + 0.18)]
    [InlineData(-60, 0, 0, 10, 0.4)]
    public void TemporalScore_IsThatOfTheSpecification(int minutes, double importance, int index, int count, double expected) =>
        Assert.Equal(expected, Importance.TemporalScore(TimeSpan.FromMinutes(minutes), importance, index, count), 9);
}
