using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.RateLimiting;

/// <summary>The last token of a subject in the hands of a request that also counts against others, while a second request looks for one.</summary>
public sealed class TokensInPassingTests : IDisposable
{
    private readonly LimiterFixture _limiter = new(perMinute: 2);
    private readonly Caller _caller = LimiterFixture.Caller();

    public void Dispose() => _limiter.Dispose();

    [Fact]
    public async Task Refusal_HeardWhileTheLastTokenIsInPassing_IsNotBelieved()
    {
        var subject = await LastTokenInHandAsync();
        var other = new LevelTake(subject);
        Assert.True(subject.TryTakeInHand(_limiter[0].Clock.Now, ref other));

        var waiting = _limiter.Acquire(_caller).AsTask();
        await Task.WhenAny(waiting, _limiter.Grains.AskedAsync(_limiter.Grains.Calls + 3));
        Assert.False(waiting.IsCompleted);
        subject.PutBack(ref other);

        Assert.Null((await waiting).Refusal);
    }

    [Fact]
    public async Task Refusal_HeardWhileTheLastTokenIsInPassing_HoldsOnceThatIsUsed()
    {
        var subject = await LastTokenInHandAsync();
        var other = new LevelTake(subject);
        Assert.True(subject.TryTakeInHand(_limiter[0].Clock.Now, ref other));

        var waiting = _limiter.Acquire(_caller).AsTask();
        await Task.WhenAny(waiting, _limiter.Grains.AskedAsync(_limiter.Grains.Calls + 3));
        Assert.False(waiting.IsCompleted);
        subject.Use(_limiter[0].Clock.Now, ref other);

        Assert.Equal(429, (await waiting).Refusal?.Status);
    }

    [Fact]
    public async Task Refusal_HeardBefore_IsForgottenWhenATokenComesBackThatOnlyTheLimiterCanGiveAgain()
    {
        var subject = await LastTokenInHandAsync();
        await subject.CallAsync(1);
        var other = new LevelTake(subject);
        Assert.True(subject.TryTakeInHand(_limiter[0].Clock.Now, ref other));

        // Upkeep finds the lease empty and closes it.
        subject.NeedsCall(_limiter[0].Clock.Now);
        subject.PutBack(ref other);

        Assert.Null((await _limiter.Acquire(_caller)).Refusal);
    }

    // One of two tokens is used, the other is in the gateway's hand.
    private async Task<SubjectLimiter> LastTokenInHandAsync()
    {
        Assert.Null((await _limiter.Acquire(_caller)).Refusal);
        var subject = Assert.IsType<SubjectLimiter>(_caller.Accounts[0].LimiterState);
        await subject.CallAsync(1);
        return subject;
    }
}
