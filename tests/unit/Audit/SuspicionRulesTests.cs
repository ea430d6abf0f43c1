using ProxyCluster.Core.Audit;

namespace ProxyCluster.Tests.Unit.Audit;

public sealed class SuspicionRulesTests
{
    private static readonly DateTimeOffset Now = AuditWorld.Noon;

    [Theory]
    [InlineData(SecurityEventType.AuthenticationFailed, 20, SuspicionRules.FailuresOfOneAddress, null, "10.0.0.1")]
    [InlineData(SecurityEventType.PermissionDenied, 10, SuspicionRules.DeniedSubject, "key:a", null)]
    [InlineData(SecurityEventType.ApiKeyInQuery, 1, SuspicionRules.KeyInQuery, null, "10.0.0.1")]
    [InlineData(SecurityEventType.RateLimitExceeded, 100, SuspicionRules.FarOverLimit, "key:a", null)]
    [InlineData(SecurityEventType.MalformedRequest, 5, SuspicionRules.MalformedRequests, null, "10.0.0.1")]
    [InlineData(SecurityEventType.UpstreamForbidden, 1, SuspicionRules.ForbiddenUpstream, "key:a", null)]
    public void Events_AtTheThreshold_AreSuspicious_AndBelowAreNot(SecurityEventType type, int threshold, string rule, string? subject, string? address)
    {
        var found = Assert.Single(SuspicionRules.Apply(threshold == 1 ? [Event(type, 1)] : [Event(type, threshold - 1), Event(type, 1)], Now));

        Assert.Equal((rule, subject, address, (long)threshold), (found.Rule, found.Subject, found.Address, found.Count));
        Assert.Empty(SuspicionRules.Apply(threshold == 1 ? [] : [Event(type, threshold - 1)], Now));
    }

    [Fact]
    public void Events_OfLongAgo_AreNot() =>
        Assert.Empty(SuspicionRules.Apply([Event(SecurityEventType.AuthenticationFailed, 500) with { Until = Now - SuspicionRules.Window }], Now));

    [Fact]
    public void Failures_OfManyAddresses_AreOneSuspicion()
    {
        var events = Enumerable.Range(0, 20).Select(i => Event(SecurityEventType.AuthenticationFailed, 5) with { Address = $"10.0.0.{i}" }).ToList();

        var found = Assert.Single(SuspicionRules.Apply(events, Now));

        Assert.Equal((SuspicionRules.FailuresOfManyAddresses, 100L), (found.Rule, found.Count));
        Assert.Empty(SuspicionRules.Apply(events.Skip(1), Now));
    }

    private static SecurityEvent Event(SecurityEventType type, long count) => new(Now.AddMinutes(-1), type, "key:a", "10.0.0.1", "detail") { Count = count };
}
