using System.Net;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Resilience;

/// <summary>A provider's <c>MaxConcurrency</c> is kept: what is beyond goes elsewhere, waits a little, or is refused.</summary>
public sealed class SlotTests(ResilienceFixture fixture) : ResilienceTest(fixture)
{
    [Fact]
    public async Task Request_BeyondTheSlots_GoesToTheNextProvider()
    {
        var release = new TaskCompletionSource();
        First.Behaviour = HeldUntil(release);
        var held = await HoldAsync(ResilienceFixture.Narrow, 2);

        using var response = await ChatAsync(ResilienceFixture.NarrowThenWide);

        Assert.Equal("wide", Chats.Header(response, "x-proxy-provider"));
        Assert.Equal("1", Chats.Header(response, "x-proxy-attempts"));
        await ReleaseAsync(release, held);
        Assert.Equal(2, First.RequestCount);
    }

    [Fact]
    public async Task Choice_ThatFindsNoSlot_IsNotCountedAsOne()
    {
        var (narrow, wide) = (await ChoicesAsync("narrow"), await ChoicesAsync("wide"));
        var release = new TaskCompletionSource();
        First.Behaviour = HeldUntil(release);
        var held = await HoldAsync(ResilienceFixture.Narrow, 2);

        using var response = await ChatAsync(ResilienceFixture.NarrowThenWide);

        await ReleaseAsync(release, held);
        await Wait.UntilAsync(async () => await ChoicesAsync("wide") == wide + 1, "the provider that was asked is counted", TimeSpan.FromSeconds(30));
        Assert.Equal(narrow, await ChoicesAsync("narrow"));
    }

    [Fact]
    public async Task Request_WhereNobodyElseServes_WaitsForASlot()
    {
        var release = new TaskCompletionSource();
        First.Behaviour = HeldUntil(release);
        var held = await HoldAsync(ResilienceFixture.Narrow, 2);
        var waiting = ChatAsync(ResilienceFixture.Narrow);

        await ReleaseAsync(release, held);

        using var response = await waiting;
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Request_ThatWaitsTooLong_Is503WithRetryAfter()
    {
        var release = new TaskCompletionSource();
        First.Behaviour = HeldUntil(release);
        var held = await HoldAsync(ResilienceFixture.Narrow, 2);

        using var response = await ChatAsync(ResilienceFixture.Narrow);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!;
        Assert.Equal(("overloaded_error", "providers_busy"), ((string?)error["type"], (string?)error["code"]));
        Assert.Equal("1", Chats.Header(response, "retry-after"));
        Assert.Null(Chats.Header(response, "x-should-retry"));
        await ReleaseAsync(release, held);
        Assert.Equal(2, First.RequestCount);
    }

    [Fact]
    public async Task Slots_WhenClientsLeaveAtRandom_AllComeBack()
    {
        var random = new Random(17);
        First.Behaviour = new Behaviour { DelayBetweenEvents = TimeSpan.FromMilliseconds(5), DelayBeforeHeaders = TimeSpan.FromMilliseconds(5) };
        for (var round = 0; round < 15; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 14).Select(_ => LeaveAsync(random.Next(2) == 0, TimeSpan.FromMilliseconds(random.Next(60)))));
        }

        // A gateway hears of a client that left when it next writes to it.
        await Wait.UntilAsync(async () => await Meters.ReadAsync(Fixture.Ops, "proxycluster_gateway_in_flight") == 0, "nothing is in flight", TimeSpan.FromSeconds(20));

        // All eight at once: none is missing.
        var release = new TaskCompletionSource();
        First.Reset();
        First.Behaviour = HeldUntil(release);
        var held = await HoldAsync(ResilienceFixture.Eight, 8);
        await ReleaseAsync(release, held);
    }

    // Of requests that go by the alias's order.
    private Task<int> ChoicesAsync(string provider) =>
        Meters.ReadAsync(Fixture.Ops, "proxycluster_routing_choices", $"provider=\"{provider}\"", "strategy=\"priority\"");

    private async Task LeaveAsync(bool stream, TimeSpan after)
    {
        using var client = new CancellationTokenSource(after, TimeProvider.System);
        try
        {
            using var response = await ChatAsync(ResilienceFixture.Eight, stream, left: client.Token);
            await response.Content.ReadAsByteArrayAsync(client.Token);
        }
        catch (OperationCanceledException)
        {
            // As it was meant to be.
        }
    }

    // Returns when all of them have reached the provider.
    private async Task<List<Task<HttpResponseMessage>>> HoldAsync(string model, int count)
    {
        var held = Enumerable.Range(0, count).Select(_ => ChatAsync(model)).ToList();
        for (var i = 0; i < count; i++)
        {
            await First.NextRequestAsync();
        }

        return held;
    }

    private static async Task ReleaseAsync(TaskCompletionSource release, List<Task<HttpResponseMessage>> held)
    {
        release.SetResult();
        foreach (var task in held)
        {
            using var response = await task;
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await response.Content.ReadAsByteArrayAsync(Cancel);
        }
    }
}
