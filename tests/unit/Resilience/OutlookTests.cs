using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Resilience;

namespace ProxyCluster.Tests.Unit.Resilience;

public sealed class OutlookTests
{
    private static readonly AttemptResult Nobody = new(AttemptOutcome.Rejected, Refusals.NoHealthyProvider("m"), false, default);

    [Fact]
    public void Failures_OfSeveral_LeaveTheOneWithTheShortestAdviceToBeAskedAgain()
    {
        var outlook = new Outlook("m");
        outlook.NoteFailure(Entered(0), Limited(4), wasSent: true);
        outlook.NoteFailure(Entered(1), Limited(2), wasSent: true);
        outlook.NoteFailure(Entered(2), Limited(3), wasSent: true);

        Assert.Equal((1, TimeSpan.FromSeconds(2)), (outlook.Again, outlook.Advised));
        Assert.Equal("upstream_rate_limited", outlook.Failure.Refusal!.Code);
        Assert.Equal(TimeSpan.FromSeconds(2), outlook.Failure.Refusal.RetryAfter);
    }

    [Fact]
    public void Failure_WithoutAdvice_GoesBeforeOneThatWantsToBeLeftAlone()
    {
        var outlook = new Outlook("m");
        outlook.NoteFailure(Entered(0), Limited(4), wasSent: true);
        outlook.NoteFailure(Entered(1), Failed(AttemptOutcome.ServerError), wasSent: true);

        Assert.Equal((1, null), (outlook.Again, outlook.Advised));
    }

    [Theory]
    [InlineData(AttemptOutcome.TimedOut, true)]
    [InlineData(AttemptOutcome.CredentialsRefused, true)]
    [InlineData(AttemptOutcome.RateLimited, true)]
    [InlineData(AttemptOutcome.ServerError, false)]
    public void Failure_ThatAskingAgainDoesNotMend_LeavesNobody(AttemptOutcome outcome, bool wasSent)
    {
        var outlook = new Outlook("m");
        outlook.NoteFailure(Entered(0), Failed(outcome), wasSent);

        Assert.Equal(-1, outlook.Again);
        Assert.True(outlook.HasFailed);
    }

    [Fact]
    public void Provider_ThatTimesOutWhenAskedAgain_IsNotAskedAThirdTime()
    {
        var outlook = new Outlook("m");
        outlook.NoteFailure(Entered(0), Failed(AttemptOutcome.ServerError), wasSent: true);
        outlook.NoteFailure(Entered(0) with { IsAgain = true }, Failed(AttemptOutcome.TimedOut), wasSent: true);

        Assert.Equal((-1, 1), (outlook.Again, outlook.Repeats));
    }

    [Fact]
    public void Attempt_WithAnotherKey_IsNoRetry()
    {
        var outlook = new Outlook("m");
        Assert.False(outlook.IsRetry);
        outlook.NoteFailure(Entered(0), Limited(1) with { HasAnotherKey = true }, wasSent: true);
        Assert.False(outlook.IsRetry);
        outlook.NoteFailure(Entered(0), Limited(1), wasSent: true);
        Assert.True(outlook.IsRetry);
    }

    [Fact]
    public void Closed_TheFirstThatIsFull_IsWaitedFor()
    {
        var outlook = new Outlook("m");
        outlook.NoteClosed(4, Entry.Refused);
        outlook.NoteClosed(2, Entry.Full);
        outlook.NoteClosed(1, Entry.Full);

        Assert.Equal(2, outlook.Full);
    }

    private static Way Entered(int index) => new(index, Entry.Entered);

    private static AttemptResult Limited(int seconds) =>
        AttemptResult.Failed(AttemptOutcome.RateLimited, Refusals.UpstreamRateLimited(TimeSpan.FromSeconds(seconds)), default) with { Advised = TimeSpan.FromSeconds(seconds) };

    private static AttemptResult Failed(AttemptOutcome outcome) => AttemptResult.Failed(outcome, Refusals.UpstreamFailed(500), default);
}
