using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Tests.Unit.RateLimiting;

/// <summary>What the limits that tokens say are held by.</summary>
public sealed class TokenSubjectTests
{
    private static readonly LimitSet Limits = new() { RequestsPerMinute = 7, DollarsPerDay = 1.5m };

    [Fact]
    public void Subject_IsOfItsLimitsAndUser_HoweverTheyAreWritten()
    {
        var subject = TokenSubject.Of("ada:x", Limits);

        Assert.Equal(subject, TokenSubject.Of("ada:x", Limits with { DollarsPerDay = 1.500m }));
        Assert.Equal(LimitLevel.Token, LimitSubject.LevelOf(subject));
        Assert.Equal("ada:x", TokenSubject.UserOf(subject));
    }

    [Fact]
    public void Subject_OfOtherLimitsOrAnotherUser_IsAnother()
    {
        var subjects = new[]
        {
            TokenSubject.Of("ada", Limits),
            TokenSubject.Of("bob", Limits),
            TokenSubject.Of("ada", Limits with { RequestsPerMinute = 8 }),
            TokenSubject.Of("ada", Limits with { RequestsPerHour = 7 }),
            TokenSubject.Of("ada", Limits with { TokensPerMinute = 7 }),
            TokenSubject.Of("ada", Limits with { TokensPerHour = 7 }),
            TokenSubject.Of("ada", Limits with { Concurrency = 7 }),
            TokenSubject.Of("ada", Limits with { DollarsPerDay = null, DollarsPerMonth = 1.5m }),
        };

        Assert.Equal(subjects.Length, subjects.Distinct(StringComparer.Ordinal).Count());
    }
}
