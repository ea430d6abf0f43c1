using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Outcomes;

/// <summary>Each attempt is counted at its provider's grain once, by what became of it.</summary>
public sealed class OutcomeCountTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    [Fact]
    public async Task Attempts_OfEachKind_AreCountedOnce()
    {
        var pair = Gateway.NextPair();
        await SendAsync(pair.OnlyFirst, times: 5, stream: false, Behaviour.Default);
        await SendAsync(pair.OnlyFirst, times: 3, stream: true, Behaviour.Default);
        await SendAsync(pair.OnlyFirst, times: 1, stream: false, new() { Status = 500 });
        await SendAsync(pair.OnlyFirst, times: 1, stream: false, new() { Status = 429 });
        await SendAsync(pair.OnlyFirst, times: 1, stream: false, new() { Status = 400 });
        await SendAsync(pair.OnlyFirst, times: 1, stream: true, new() { CutAfterEvents = 3 });
        await SendAsync(pair.OnlyFirst, times: 1, stream: false, Behaviour.Html);
        await LeaveAsync(pair.OnlyFirst, stream: false);
        await LeaveAsync(pair.OnlyFirst, stream: true);

        var outcomes = await OutcomesAsync(pair.First, total: 15);

        Assert.Equal(
            new SortedDictionary<string, int>
            {
                ["abandoned"] = 2,
                ["invalidAnswer"] = 1,
                ["rateLimited"] = 1,
                ["rejected"] = 1,
                ["serverError"] = 1,
                ["streamBroken"] = 1,
                ["succeeded"] = 8,
            },
            outcomes);
    }

    [Fact]
    public async Task InFlight_AfterRequestsThatEndedInEveryWay_IsNothing()
    {
        var pair = Gateway.NextPair();
        await SendAsync(pair.OnlyFirst, times: 1, stream: true, Behaviour.Default);
        await SendAsync(pair.OnlyFirst, times: 1, stream: true, new() { CutAfterEvents = 3 });
        await LeaveAsync(pair.OnlyFirst, stream: true);

        await OutcomesAsync(pair.First, total: 3);

        var description = await DescribeAsync(pair.First);
        Assert.All(description["scores"]!.AsArray(), score => Assert.Equal(0, (int)score!["inFlight"]!));
    }

    private async Task SendAsync(string model, int times, bool stream, Behaviour behaviour)
    {
        for (var i = 0; i < times; i++)
        {
            First.Next(behaviour);
            using var response = await ChatAsync(model, stream);
            await response.Content.ReadAsByteArrayAsync(Cancel);
        }
    }

    // In order, as most clients do: no reset, only the end.
    private async Task LeaveAsync(string model, bool stream)
    {
        var earlier = First.Requests.Count == 0 ? 0 : First.Requests[^1].Id;
        RecordedRequest upstream;
        First.Next(new Behaviour { StallAfterEvents = stream ? 3 : 0 });
        using (var client = await RawHttp.ConnectAsync(Gateway.Gateway.Data))
        {
            var body = ChatBody(model, stream);
            await client.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {body.Length}\r\n\r\n{body}");
            do
            {
                upstream = await First.NextRequestAsync();
            }
            while (upstream.Id <= earlier);
        }

        Assert.True((await upstream.Ended.WaitAsync(TimeSpan.FromSeconds(10), Cancel)).PeerLeft);
    }

    // Outcomes travel in batches, four a second; what the grain has seen is asked for until it is all there.
    private async Task<SortedDictionary<string, int>> OutcomesAsync(string provider, int total)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            var counts = (await DescribeAsync(provider))["outcomes"]!.AsObject()
                .Where(pair => (int)pair.Value! > 0)
                .ToDictionary(pair => pair.Key, pair => (int)pair.Value!);
            if (counts.Values.Sum() >= total)
            {
                return new(counts);
            }

            Assert.True(since.Elapsed < TimeSpan.FromSeconds(15), $"After 15 s: {string.Join(", ", counts)}");
        }
    }

    private async Task<JsonNode> DescribeAsync(string provider) =>
        (await Gateway.Admin.GetFromJsonAsync<JsonNode>($"/admin/v1/providers/{provider}", Cancel))!;
}
