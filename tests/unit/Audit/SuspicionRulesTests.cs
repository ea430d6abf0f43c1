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

    [Fact]
    public void Refusals_BeforeAnybodyIsKnown_AreTheirAddresss()
    {
        var stranger = Event(SecurityEventType.RateLimitExceeded, 100) with { Subject = null };

        var found = SuspicionRules.Apply([stranger, stranger with { Address = "10.0.0.2" }, stranger with { Address = "10.0.0.3", Count = 99 }], Now);

        Assert.Equal(["10.0.0.1", "10.0.0.2"], found.Select(static one => one.Address).Order(StringComparer.Ordinal));
        Assert.All(found, static one => Assert.Equal((SuspicionRules.FarOverLimit, null), (one.Rule, one.Subject)));
    }

    [Fact]
    public void Addresses_ThatAreRefusedNow_AreThoseOfStrangersWithinTheMinute()
    {
        var stranger = Event(SecurityEventType.RateLimitExceeded, 30) with { Subject = null, Until = Now.AddSeconds(-69) };
        SecurityEvent[] events =
        [
            stranger,
            stranger with { Count = 5, Until = Now },
            stranger with { Address = "10.0.0.2", Until = Now.AddSeconds(-10) },
            stranger with { Address = "10.0.0.3", Until = Now.AddSeconds(-70) },
            stranger with { Address = "10.0.0.4", Subject = "key:a" },
            stranger with { Address = "10.0.0.5", Type = SecurityEventType.AuthenticationFailed },
            stranger with { Address = null },
        ];

        var found = LimitedAddresses.Find(events, Now);

        Assert.Equal([new("10.0.0.1", 35, Now), new("10.0.0.2", 30, Now.AddSeconds(-10))], found);
    }

    private static SecurityEvent Event(SecurityEventType type, long count) => new(Now.AddMinutes(-1), type, "key:a", "10.0.0.1", "detail") { Count = count };
}
