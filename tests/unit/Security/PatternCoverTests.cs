using System.Collections.Immutable;
using System.Text.RegularExpressions;
using CsCheck;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class PatternCoverTests
{
    private static readonly Gen<string> Pattern = Gen.Int[0, 3].Select(i => "ab*?"[i]).Array[0, 5].Select(chars => new string(chars));
    private static readonly Gen<ImmutableArray<string>> Patterns = Pattern.Array[0, 3].Select(patterns => patterns.ToImmutableArray());
    private static readonly string[] Names = [.. AllNames(4).Where(name => name.Length > 0)];

    [Theory]
    [InlineData("*", "gpt-4o", true)]
    [InlineData("gpt-*", "gpt-4*", true)]
    [InlineData("gpt-*", "gpt-*", true)]
    [InlineData("gpt-4*", "gpt-*", false)]
    [InlineData("gpt-4o", "gpt-4o", true)]
    [InlineData("gpt-4o", "gpt-*", false)]
    [InlineData("a?", "ab", false)]
    [InlineData("*-mini", "gpt-*-mini", true)]
    [InlineData("a", "", true)]
    [InlineData("", "a", false)]
    public void Covers_OfTwoPatterns_IsAsTheyRead(string wide, string narrow, bool covers) =>
        Assert.Equal(covers, PatternCover.Covers([wide], [narrow]));

    [Fact]
    public void Covers_WithAnEmptyList_MeansEverything()
    {
        Assert.True(PatternCover.Covers([], ["a"]));
        Assert.True(PatternCover.Covers(default, []));
        Assert.False(PatternCover.Covers(["a"], []));
        Assert.False(PatternCover.Covers(["a"], default));
    }

    [Fact]
    public void Covers_WhereItSaysYes_NothingIsAllowedThatWasNot() =>
        Gen.Select(Patterns, Patterns).Sample((wide, narrow) =>
        {
            if (PatternCover.Covers(wide, narrow))
            {
                Assert.All(Names.Where(name => Allows(narrow, name)), name => Assert.True(Allows(wide, name), $"{name} is allowed by {string.Join(' ', narrow)}, and not by {string.Join(' ', wide)}."));
            }
        });

    [Fact]
    public void Intersect_AllowsOnlyWhatBothAllow() =>
        Gen.Select(Patterns, Patterns).Sample((one, other) =>
        {
            var both = PatternCover.Intersect(one, other);
            Assert.All(Names.Where(name => Allows(both, name)), name => Assert.True(Allows(one, name) && Allows(other, name)));
        });

    [Fact]
    public void Intersect_OfWhatHasNothingInCommon_AllowsNothing_NotEverything()
    {
        var both = PatternCover.Intersect(["a"], ["b"]);

        Assert.All(Names, name => Assert.False(Allows(both, name)));
    }

    [Fact]
    public void Intersect_OfANarrowerList_IsThatList()
    {
        Assert.Equal(["gpt-4o", "gpt-4*"], PatternCover.Intersect(["gpt-4o", "gpt-4*"], ["gpt-*"]));
        Assert.Equal(["a"], PatternCover.Intersect(["a"], []));
        Assert.Equal(["a"], PatternCover.Intersect(default, ["a"]));
    }

    // What an allow-list means, written down once more: a question mark may stand for itself or for any one character.
    private static bool Allows(ImmutableArray<string> patterns, string name) =>
        patterns.IsDefaultOrEmpty || patterns.Any(pattern => Regex.IsMatch(name, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$"));

    private static List<string> AllNames(int longest)
    {
        var names = new List<string> { "" };
        for (var length = 1; length <= longest; length++)
        {
            names.AddRange(names.Where(name => name.Length == length - 1).SelectMany(name => "ab?".Select(c => name + c)).ToList());
        }

        return names;
    }
}
