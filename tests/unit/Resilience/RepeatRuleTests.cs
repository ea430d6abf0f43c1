using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;

namespace ProxyCluster.Tests.Unit.Resilience;

public sealed class RepeatRuleTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(AttemptOutcome.Succeeded, false, false)]
    [InlineData(AttemptOutcome.Abandoned, false, false)]
    [InlineData(AttemptOutcome.Rejected, false, false)]
    [InlineData(AttemptOutcome.RateLimited, true, false)]
    [InlineData(AttemptOutcome.CredentialsRefused, false, false)]
    [InlineData(AttemptOutcome.ConnectFailed, true, true)]
    [InlineData(AttemptOutcome.TimedOut, false, false)]
    [InlineData(AttemptOutcome.ServerError, true, true)]
    [InlineData(AttemptOutcome.InvalidAnswer, true, true)]
    [InlineData(AttemptOutcome.StreamBroken, false, false)]
    public void Repeating_HelpsWhereTheTroubleMayPass(AttemptOutcome outcome, bool withAdvice, bool without)
    {
        Assert.Equal(withAdvice, RepeatRule.CanHelp(outcome, TimeSpan.FromSeconds(1)));
        Assert.Equal(without, RepeatRule.CanHelp(outcome, null));
    }

    [Fact]
    public void Table_HasEveryOutcome() => Assert.Equal(
        AttemptOutcomes.Count,
        typeof(RepeatRuleTests).GetMethod(nameof(Repeating_HelpsWhereTheTroubleMayPass))!.GetCustomAttributesData().Count(data => data.AttributeType == typeof(InlineDataAttribute)));

    [Theory]
    [InlineData(0, 1.0, 100)]
    [InlineData(0, 0.25, 25)]
    [InlineData(1, 1.0, 200)]
    [InlineData(2, 1.0, 400)]
    [InlineData(4, 1.0, 1600)]
    [InlineData(5, 1.0, 2000)]
    [InlineData(30, 0.5, 1000)]
    [InlineData(0, 0.0, 0)]
    public void Wait_WithoutAdvice_IsARandomPartOfADoublingTime(int repeats, double random, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), RepeatRule.Wait(null, repeats, Longest, TimeSpan.MaxValue, random));

    [Theory]
    [InlineData(2, 600, 2)]
    [InlineData(5, 600, 5)]
    [InlineData(6, 600, null)]
    [InlineData(4, 3, null)]
    [InlineData(3, 3, null)]
    public void Wait_AsAdvised_IsTakenWhereItIsShortAndFitsTheTimeLeft(int advisedSeconds, int leftSeconds, int? waitSeconds) => Assert.Equal(
        waitSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        RepeatRule.Wait(TimeSpan.FromSeconds(advisedSeconds), 0, Longest, TimeSpan.FromSeconds(leftSeconds), 0.5));

    [Fact]
    public void Wait_AdvisedAsNone_BacksOffAllTheSame() =>
        Assert.Equal(TimeSpan.FromMilliseconds(50), RepeatRule.Wait(TimeSpan.Zero, 0, Longest, TimeSpan.MaxValue, 0.5));
}
