using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Audit;
using ProxyCluster.Tests.Unit.Security;

namespace ProxyCluster.Tests.Unit.Audit;

/// <summary>No change without its record, whatever fails.</summary>
public sealed class AuditFilterTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly StubAuditGrain _log = new();
    private readonly SecurityEvents _events;
    private readonly AuditReporter _reporter;
    private readonly AuditFilter _filter;
    private int _changes;

    public AuditFilterTests()
    {
        var clock = new FakeTimeProvider(AuditWorld.Noon);
        var (grains, stub) = StubGrainFactory.Create();
        stub.Put<IAuditGrain>("local/actions", _log);
        stub.Put<IAuditGrain>("local/events", new StubAuditGrain());
        var options = new ConfigurationInForce(new ProxyClusterOptions());
        var identity = new GatewayIdentity();
        var metrics = new SecurityEventMetrics(_services.GetRequiredService<IMeterFactory>());
        _events = new SecurityEvents(clock, metrics);
        _reporter = new AuditReporter(grains, identity, _events, metrics, options, clock, NullLogger<AuditReporter>.Instance);
        var trail = new AuditTrail(grains, _reporter, _events, new RequestIds(new RandomSource(1)), identity, options, clock);
        _filter = new AuditFilter(trail, NullLogger<AuditFilter>.Instance);
    }

    public void Dispose()
    {
        _reporter.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Change_StandsInTheLogBeforeItIsMade()
    {
        await RunAsync("DELETE", () =>
        {
            Assert.Equal(AuditOutcome.Intent, Assert.Single(_log.Entries).Outcome);
            return TypedResults.NoContent();
        });

        Assert.Equal([AuditOutcome.Intent, AuditOutcome.Done], _log.Entries.Select(entry => entry.Outcome));
        Assert.Equal((0L, 1L), (_log.Entries[0].Intent, _log.Entries[1].Intent));
        Assert.All(_log.Entries, entry => Assert.Equal(("key:4fGh2kLmN0pQ", "providers.delete", "openai"), (entry.Actor, entry.Action, entry.Object)));
        Assert.All(_log.Entries, entry => Assert.Equal("audited/1.0", entry.Agent));
    }

    [Fact]
    public async Task Change_WhileTheLogCannotBeWritten_IsNotMade_AndIsToldLater()
    {
        _log.Takes = 0;

        var answer = Assert.IsType<Problem>(await RunAsync("PATCH", () => TypedResults.NoContent()));

        Assert.Equal((503, "audit_unavailable", 0), (answer.Status, answer.Code, _changes));
        _log.Takes = int.MaxValue;
        await _reporter.FlushAsync(TimeSpan.FromSeconds(1), isLast: false);
        Assert.Equal("refused:audit_unavailable", Assert.Single(_log.Entries).Outcome);
    }

    [Fact]
    public async Task Change_WhoseOutcomeCannotBeWritten_IsAnswered_AndItsOutcomeIsToldLater()
    {
        _log.Takes = 1;

        var answer = await RunAsync("PUT", () => TypedResults.NoContent());

        Assert.IsNotType<Problem>(answer);
        Assert.Equal(AuditOutcome.Intent, Assert.Single(_log.Entries).Outcome);
        _log.Takes = int.MaxValue;
        await _reporter.FlushAsync(TimeSpan.FromSeconds(1), isLast: false);
        Assert.Equal((AuditOutcome.Done, 1L), (_log.Entries[^1].Outcome, _log.Entries[^1].Intent));
    }

    [Fact]
    public async Task Change_ThatIsRefusedOrBreaksOff_IsRecordedAsSuch()
    {
        await RunAsync("PATCH", () => Problem.VersionMoved());
        await RunAsync("PATCH", () => Problem.Unavailable());
        await Assert.ThrowsAsync<TimeoutException>(() => RunAsync("PATCH", () => throw new TimeoutException()));

        Assert.Equal(
            ["refused:version_mismatch", "failed:cluster_unavailable", "failed:cluster_unavailable"],
            _log.Entries.Where(entry => entry.Outcome != AuditOutcome.Intent).Select(entry => entry.Outcome));
    }

    [Fact]
    public async Task Change_OfAKey_IsASecurityEventToo_WhereItWasMade()
    {
        await RunAsync("DELETE", () => Problem.NotFound("key"), route: "/admin/v1/keys/{name}");
        await RunAsync("DELETE", () => TypedResults.NoContent());
        Assert.Empty(_events.Latest());

        await RunAsync("DELETE", () => TypedResults.NoContent(), route: "/admin/v1/keys/{name}");

        var changed = Assert.Single(_events.Latest());
        Assert.Equal((SecurityEventType.KeyChanged, "key:4fGh2kLmN0pQ", "keys.delete openai"), (changed.Type, changed.Subject, changed.Detail));
    }

    [Fact]
    public async Task Reading_IsNotRecorded()
    {
        await RunAsync("GET", () => TypedResults.NoContent());

        Assert.Empty(_log.Entries);
        Assert.Equal(1, _changes);
    }

    [Fact]
    public async Task Check_IsNeverHeldUpByTheLog()
    {
        _log.Takes = 0;

        var answer = await RunAsync("POST", () => TypedResults.NoContent(), metadata: [new ChangesNothing()]);

        Assert.IsNotType<Problem>(answer);
        Assert.Equal(1, _changes);
    }

    [Fact]
    public async Task Note_OfTheEndpoint_IsInTheOutcomeWithoutItsSecrets()
    {
        await RunAsync("PATCH", () => TypedResults.NoContent(), note =>
        {
            note.Object = "other";
            note.Changes(Encoding.UTF8.GetBytes("""{"apiKey":"old-canary","weight":1}"""), Encoding.UTF8.GetBytes("""{"apiKey":"new-canary","weight":2}"""));
        });

        var done = _log.Entries[^1];
        Assert.Equal(("other", "apiKey: changed; weight: 1 to 2"), (done.Object, done.Difference));
        Assert.NotEqual(done.BeforeHash, done.AfterHash);
    }

    private async Task<object?> RunAsync(string method, Func<IResult> change, Action<AuditNote>? note = null, string route = "/admin/v1/providers/{name}", object[]? metadata = null)
    {
        var http = new DefaultHttpContext();
        http.Request.Method = method;
        http.Request.RouteValues["name"] = "openai";
        http.SetEndpoint(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse(route), 0, new(metadata ?? []), null));
        http.Request.Headers.UserAgent = "audited/1.0";
        CallerContext.Of(http).Caller = new Caller { Subject = "key:4fGh2kLmN0pQ", Name = "test", IsLimited = false };
        return await _filter.InvokeAsync(EndpointFilterInvocationContext.Create(http), _ =>
        {
            _changes++;
            note?.Invoke(AuditNote.Of(http));
            return new(change());
        });
    }
}
