using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.RateLimiting;

public sealed class AddressGuardTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
    private readonly ReloadableOptions _options = new();
    private readonly Door _door = new();
    private readonly AddressGuard _guard;

    public AddressGuardTests() => _guard = new AddressGuard(
        _door, _options, _clock, new RateLimitingMetrics(_services.GetRequiredService<IMeterFactory>()), new SecurityEvents(_clock));

    [Fact]
    public async Task Strangers_OfOneAddress_AreRefusedUnreadAfterTwentyInAMinute()
    {
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(401, await StatusAsync("192.0.2.1", good: false));
        }

        var refusal = (await AskAsync("192.0.2.1", good: false)).Refusal!;

        Assert.Equal((429, "requests_per_address"), (refusal.Status, refusal.Code));
        Assert.InRange(refusal.RetryAfter!.Value, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(65));
        Assert.True(_door.WasBarred, "The cluster must not be asked for what such a stranger shows.");
        Assert.Equal(401, await StatusAsync("192.0.2.2", good: false));
    }

    [Fact]
    public async Task Stranger_AfterAMinute_MayTryAgain()
    {
        for (var i = 0; i < 30; i++)
        {
            await StatusAsync("192.0.2.1", good: false);
        }

        _clock.Advance(TimeSpan.FromSeconds(55));
        Assert.Equal(429, await StatusAsync("192.0.2.1", good: false));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(401, await StatusAsync("192.0.2.1", good: false));
    }

    [Fact]
    public async Task GoodCredentials_BehindTheAddressOfAStranger_StillPass()
    {
        for (var i = 0; i < 30; i++)
        {
            await StatusAsync("192.0.2.1", good: false);
        }

        Assert.Equal(200, await StatusAsync("192.0.2.1", good: true));
    }

    [Fact]
    public async Task Ipv6_CountsByItsNetwork_AndMappedIpv4ByItsAddress()
    {
        for (var i = 0; i < 20; i++)
        {
            await StatusAsync($"2001:db8:1:2::{i:x}", good: false);
            await StatusAsync($"::ffff:192.0.2.{i}", good: false);
        }

        Assert.Equal(429, await StatusAsync("2001:db8:1:2:ffff::1", good: false));
        Assert.Equal(401, await StatusAsync("2001:db8:1:3::1", good: false));
        Assert.Equal(401, await StatusAsync("192.0.2.7", good: false));
    }

    [Fact]
    public async Task Requests_OfOneAddress_AreLimitedWhoeverSendsThem()
    {
        _options.Reload(new RateLimitOptions { Address = new AddressLimitOptions { RequestsPerMinute = 3, FailedAuthenticationsPerMinute = 0 } });
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(200, await StatusAsync("192.0.2.1", good: true));
        }

        _door.Asked = 0;
        Assert.Equal(429, await StatusAsync("192.0.2.1", good: true));
        Assert.Equal(0, _door.Asked);
        Assert.Equal(200, await StatusAsync("192.0.2.2", good: true));
    }

    [Fact]
    public async Task Memory_IsBounded_HoweverManyAddressesCall()
    {
        for (var i = 0; i < 200_000; i++)
        {
            await StatusAsync($"10.{i >> 16}.{(i >> 8) & 255}.{i & 255}", good: false);
        }

        Assert.InRange(_guard.Book.Count, 1, 65_536);
        _clock.Advance(TimeSpan.FromSeconds(67));
        await StatusAsync("192.0.2.1", good: false);
        _clock.Advance(TimeSpan.FromSeconds(67));
        await StatusAsync("192.0.2.1", good: false);
        Assert.InRange(_guard.Book.Count, 1, 2);
    }

    [Fact]
    public void Ring_InAnySixtySeconds_AdmitsNoMoreThanTheLimit()
    {
        var random = new Random(7);
        var ring = new BucketRing();
        var admitted = new List<long>();
        for (long now = 0; now < 600_000; now += random.Next(400))
        {
            if (ring.TryAdd(20, now))
            {
                admitted.Add(now);
            }
        }

        Assert.True(admitted.Count > 150, $"Only {admitted.Count} were admitted.");
        Assert.All(Enumerable.Range(0, admitted.Count - 20), i => Assert.True(admitted[i + 20] - admitted[i] >= 60_000));
    }

    public void Dispose()
    {
        _guard.Dispose();
        _services.Dispose();
    }

    private async Task<int> StatusAsync(string address, bool good) => (await AskAsync(address, good)).Refusal?.Status ?? 200;

    private async Task<Authentication> AskAsync(string address, bool good)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Headers["good"] = good ? "yes" : "";
        return await _guard.AuthenticateAsync(context);
    }

    private sealed class Door : ICallerAuthenticator
    {
        public int Asked { get; set; }

        public bool WasBarred { get; private set; }

        public ValueTask<Authentication> AuthenticateAsync(HttpContext context)
        {
            Asked++;
            WasBarred = AddressGuard.IsBarred(context);
            return new(context.Request.Headers["good"] == "yes" ? Caller.Local : (Authentication)Refusals.InvalidKey());
        }
    }
}
