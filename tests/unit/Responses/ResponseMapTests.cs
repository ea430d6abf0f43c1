using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Responses;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Responses;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Responses;
using ProxyCluster.Tests.Unit.Security;

namespace ProxyCluster.Tests.Unit.Responses;

public sealed class ResponseMapTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly StubShard _shard = new();
    private readonly ResponseMap _map;

    public ResponseMapTests() => _map = Gateway();

    [Fact]
    public async Task FollowUp_ThroughAnotherGateway_FindsTheProvider()
    {
        await AnswerAsync(_map, "key:a", "resp_1", "openai");

        var (refusal, keeper) = await FollowAsync(Gateway(), "key:a", "resp_1");

        Assert.Equal((null, "openai"), (refusal?.Code, keeper));
    }

    [Fact]
    public async Task FollowUp_OfAnotherCaller_IsNotFound()
    {
        await AnswerAsync(_map, "key:a", "resp_1", "openai");

        var (refusal, keeper) = await FollowAsync(_map, "key:b", "resp_1");

        Assert.Equal((400, "previous_response_not_found", "previous_response_id", null), (refusal!.Status, refusal.Code, refusal.Param, keeper));
    }

    [Fact]
    public async Task FollowUp_WhileTheClusterIsSilent_IsServedByTheGatewayThatAnswered_AndRefusedByOthers()
    {
        _shard.IsSilent = true;
        await AnswerAsync(_map, "key:a", "resp_1", "openai");

        Assert.Equal("openai", (await FollowAsync(_map, "key:a", "resp_1")).Keeper);
        var (refusal, keeper) = await FollowAsync(Gateway(), "key:a", "resp_1");
        Assert.Equal((503, "response_map_unavailable", null), (refusal!.Status, refusal.Code, keeper));
    }

    [Fact]
    public async Task FollowUp_WhileTheClusterIsSlow_IsRefusedAfterItsTime_AndServedOnceItIsNot()
    {
        await AnswerAsync(_map, "key:a", "resp_1", "openai");
        _shard.Slow = new TaskCompletionSource();
        var other = Gateway();

        var following = FollowAsync(other, "key:a", "resp_1");
        _clock.Advance(ResponseMap.Deadline - TimeSpan.FromMilliseconds(1));
        Assert.False(following.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal((503, "response_map_unavailable"), ((await following).Refusal!.Status, (await following).Refusal!.Code));
        Assert.Equal("openai", (await FollowAsync(_map, "key:a", "resp_1")).Keeper);
        _shard.Slow = null;
        Assert.Equal("openai", (await FollowAsync(other, "key:a", "resp_1")).Keeper);
    }

    [Fact]
    public async Task Answer_WhileTheClusterIsSlow_IsHeldNoLongerThanItsTime()
    {
        _shard.Slow = new TaskCompletionSource();

        var answering = AnswerAsync(_map, "key:a", "resp_1", "openai");
        Assert.False(answering.IsCompleted);
        _clock.Advance(ResponseMap.Deadline);

        await answering;
        Assert.Equal("openai", (await FollowAsync(_map, "key:a", "resp_1")).Keeper);
    }

    [Fact]
    public async Task Answers_BeyondWhatAGatewayRemembers_AreStillFoundInTheCluster()
    {
        for (var i = 0; i < (2 * ResponseMap.MostRecent) + 2; i++)
        {
            await AnswerAsync(_map, "key:a", $"resp_{i}", "openai");
        }

        Assert.Equal("openai", (await FollowAsync(_map, "key:a", "resp_0")).Keeper);
        _shard.IsSilent = true;
        Assert.Equal(503, (await FollowAsync(_map, "key:a", "resp_0")).Refusal!.Status);
        Assert.Equal("openai", (await FollowAsync(_map, "key:a", $"resp_{ResponseMap.MostRecent + 10}")).Keeper);
    }

    [Fact]
    public async Task Request_OfAnotherRoute_AsksNothing()
    {
        _shard.IsSilent = true;
        var exchange = Exchange("key:a", """{"model":"m","messages":[{}],"previous_response_id":"resp_1"}""", InferenceOperation.ChatCompletions);

        Assert.Null(await _map.PrepareAsync(exchange));
        Assert.Equal((null, null), (exchange.Request!.PreviousResponseId, exchange.Request.AnswerKept));
    }

    private ResponseMap Gateway()
    {
        var (factory, stub) = StubGrainFactory.Create();
        stub.Missing = (_, _) => _shard;
        return new ResponseMap(factory, _clock, NullLogger<ResponseMap>.Instance);
    }

    private async Task AnswerAsync(ResponseMap map, string subject, string id, string provider)
    {
        var exchange = Exchange(subject, """{"model":"m","input":"x"}""");
        Assert.Null(await map.PrepareAsync(exchange));
        exchange.Candidate = new Candidate(
            new FoundModel(new ProviderDefinition { Name = provider, Type = "openai" }, new ModelDefinition { Id = "*" }, "m", ModelCapabilities.Chat, 0, 0, null), 0);
        exchange.Request!.AnswerKept!(id);
        await exchange.Keeping!;
    }

    private async Task<(Refusal? Refusal, string? Keeper)> FollowAsync(ResponseMap map, string subject, string id)
    {
        var exchange = Exchange(subject, $$"""{"model":"m","input":"x","previous_response_id":"{{id}}"}""");
        return (await map.PrepareAsync(exchange), exchange.KeptBy);
    }

    private Exchange Exchange(string subject, string body, InferenceOperation operation = InferenceOperation.Responses)
    {
        Assert.Null(RequestScanner.Scan(Encoding.UTF8.GetBytes(body), operation, new(), new ModelNames(), out var request));
        return new Exchange(new DefaultHttpContext(), operation, null!, _clock)
        {
            RequestId = "r",
            Region = "local",
            Caller = new Caller { Subject = subject, Name = subject, IsLimited = true },
            Request = request,
        };
    }

    private sealed class StubShard : IResponseMapGrain
    {
        private readonly Dictionary<ResponseKey, string> _kept = [];

        public bool IsSilent { get; set; }

        /// <summary>What each call waits for; <see langword="null"/>: nothing.</summary>
        public TaskCompletionSource? Slow { get; set; }

        public async ValueTask KeepAsync(ResponseKey key, string provider)
        {
            await AnswerAsync();
            _kept[key] = provider;
        }

        public async ValueTask<string?> FindAsync(ResponseKey key)
        {
            await AnswerAsync();
            return _kept.GetValueOrDefault(key);
        }

        private Task AnswerAsync()
        {
            ThrowIfSilent();
            return Slow?.Task ?? Task.CompletedTask;
        }

        private void ThrowIfSilent()
        {
            if (IsSilent)
            {
                throw new TimeoutException("The test's cluster is silent.");
            }
        }
    }
}
