using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Upstream;
using static ProxyCluster.Tests.Http.Circuits.CircuitGateway;

namespace ProxyCluster.Tests.Http.Circuits;

/// <summary>What clients and upstreams see of a provider's circuit.</summary>
public sealed class CircuitTests
{
    [Fact]
    public async Task Failures_FiveInARow_AreTheLastCallsWhileAnotherProviderIsThere()
    {
        await using var gateway = await StartAsync(LongOpen());
        gateway.Dead.Behaviour = new Behaviour { Status = 503 };

        for (var i = 0; i < 40; i++)
        {
            Assert.Equal((200, Second), await gateway.ChatAsync());
        }

        Assert.Equal(5, gateway.Dead.RequestCount);
        Assert.Equal(40, gateway.Well.RequestCount);
        var circuit = (await gateway.UntilCircuitIsAsync("open"))["circuit"]!;
        Assert.Equal(1, (int)circuit["openings"]!);
        Assert.True((DateTimeOffset)circuit["nextProbe"]! > (DateTimeOffset)circuit["since"]!);
    }

    [Fact]
    public async Task Open_AfterAProviderThatIsWellHasFailedOnce_IsNotAskedInItsPlace()
    {
        await using var gateway = await StartAsync(LongOpen());
        gateway.Dead.Behaviour = new Behaviour { Status = 503 };
        for (var i = 0; i < 5; i++)
        {
            await gateway.ChatAsync();
        }

        gateway.Well.Behaviour = new Behaviour { Status = 500 };

        Assert.Equal(502, (await gateway.ChatAsync()).Status);
        Assert.Equal(5, gateway.Dead.RequestCount);
    }

    [Fact]
    public async Task Open_OfTheLastProviderOfAModel_IsAskedAllTheSame()
    {
        await using var gateway = await StartAsync(LongOpen());
        gateway.Dead.Behaviour = new Behaviour { Status = 503 };
        for (var i = 0; i < 5; i++)
        {
            await gateway.ChatAsync(Alone);
        }

        await gateway.UntilCircuitIsAsync("open");
        gateway.Dead.Behaviour = Behaviour.Default;

        Assert.Equal((200, First), await gateway.ChatAsync(Alone));
    }

    [Fact]
    public async Task HalfOpen_IsClosedByRequestsOfClients()
    {
        await using var gateway = await StartAsync(ShortOpen(activeChecks: false));
        await OpenAsync(gateway);
        gateway.Dead.Behaviour = Behaviour.Default;
        var before = gateway.Dead.RequestCount;

        await gateway.UntilCircuitIsAsync("halfOpen");
        await gateway.UntilAsync(description =>
        {
            Assert.Equal(200, gateway.ChatAsync().GetAwaiter().GetResult().Status);
            return (string?)description["circuit"]!["state"] == "closed";
        });

        Assert.True(gateway.Dead.RequestCount >= before + 3, "The probes were no requests of clients.");
        Assert.DoesNotContain(gateway.Dead.AllRequests, request => request.Method == "GET");
    }

    [Fact]
    public async Task HalfOpen_WithoutClients_IsClosedByChecks()
    {
        await using var gateway = await StartAsync(ShortOpen(activeChecks: true));
        await OpenAsync(gateway);
        var before = gateway.Dead.RequestCount;

        await gateway.UntilCircuitIsAsync("closed");

        Assert.Equal(before, gateway.Dead.RequestCount);
        Assert.Equal(3, gateway.Dead.AllRequests.Count(request => request.Method == "GET"));
        gateway.Dead.Behaviour = Behaviour.Default;
        Assert.Equal((200, First), await gateway.ChatAsync(Alone));
    }

    [Fact]
    public async Task Circuit_OutlivesTheProcess()
    {
        await using var gateway = await StartAsync(LongOpen());
        gateway.Dead.Behaviour = new Behaviour { Status = 500 };
        await OpenAsync(gateway);
        var before = (await gateway.UntilCircuitIsAsync("open"))["circuit"]!.ToJsonString();

        await gateway.Process.RestartAsync();

        Assert.Equal(before, (await gateway.DescribeAsync())["circuit"]!.ToJsonString());
    }

    [Fact]
    public async Task Idle_ProviderThatAnswersItsCheck_IsShownAsHealthy()
    {
        await using var gateway = await StartAsync(new JsonObject { ["Health"] = new JsonObject { ["IdleSeconds"] = 1 } });

        var description = await gateway.UntilAsync(d => (string?)d["status"] == "healthy");

        Assert.True((bool)description["health"]!["idle"]!);
        Assert.Equal("succeeded", (string?)description["health"]!["checkOutcome"]);
        Assert.Null(description["health"]!["lastTraffic"]);
        Assert.Equal(0, gateway.Dead.RequestCount);
        Assert.NotEmpty(gateway.Dead.AllRequests);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task Idle_ProviderWithoutAFreeCheck_IsAskedForAnAnswerOnlyWhereThatIsAllowed(bool paidChecks, int atLeast)
    {
        await using var gateway = await StartAsync(new JsonObject { ["Health"] = new JsonObject { ["IdleSeconds"] = 1, ["PaidChecks"] = paidChecks } });
        gateway.Dead.GetBehaviour = new Behaviour { Status = 404 };

        var description = await gateway.UntilAsync(d => (string?)d["health"]!["checkOutcome"] == (paidChecks ? "succeeded" : "rejected"));

        Assert.Equal("healthy", (string?)description["status"]);
        Assert.Equal(atLeast > 0, gateway.Dead.RequestCount > 0);
    }

    private static async Task OpenAsync(CircuitGateway gateway)
    {
        gateway.Dead.Behaviour = new Behaviour { Status = 500 };
        for (var i = 0; i < 5; i++)
        {
            await gateway.ChatAsync();
        }
    }

    private static JsonObject LongOpen() => new()
    {
        ["Circuit"] = new JsonObject { ["OpenSeconds"] = 300 },
        ["Health"] = new JsonObject { ["ActiveChecks"] = false },
    };

    private static JsonObject ShortOpen(bool activeChecks) => new()
    {
        ["Circuit"] = new JsonObject { ["OpenSeconds"] = 1, ["HintSeconds"] = 1, ["SlowStartSeconds"] = 0 },
        ["Health"] = new JsonObject { ["ActiveChecks"] = activeChecks, ["IdleSeconds"] = 3600 },
    };
}
