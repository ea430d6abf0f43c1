using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>An issuer changes its keys again and again while many clients' requests come in at once (RELIABILITY 7.3).</summary>
public sealed class JwksRotationTests : IDisposable
{
    private const int Rounds = 5;
    private const int Clients = 16;
    private const int TokensOfAKey = 60;

    private readonly TokenWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task Rotation_WithOverlap_UnderLoad_RefusesNoGoodToken_AndTakesNoneOfAKeyThatIsGone()
    {
        var old = "rsa-1";
        var before = Tokens(old);
        Assert.Equal(0, await CountRefusedAsync(before));
        for (var round = 2; round < 2 + Rounds; round++)
        {
            // Published before it is used, as issuers do; nobody has read it yet.
            var next = $"rsa-{round}";
            _world.Maker.Add(next);
            _world.World.Jwks.Json = _world.Maker.Jwks;
            _world.World.Clock.Advance(JwksKeys.UnknownKeyRest);
            var after = Tokens(next);
            var fetches = _world.World.Jwks.Fetches;
            Assert.Equal(0, await CountRefusedAsync([.. before.Zip(after).SelectMany(static pair => new[] { pair.First, pair.Second })]));
            Assert.Equal(fetches + 1, _world.World.Jwks.Fetches);

            // Withdrawn: the next reading comes among requests with the new one.
            var forgotten = Tokens(old);
            _world.Maker.Remove(old);
            _world.World.Jwks.Json = _world.Maker.Jwks;
            _world.World.Clock.Advance(JwksKeys.Period);
            var (lasting, gone) = (Tokens(next), before.Concat(forgotten).ToList());
            var load = CountRefusedAsync(lasting);
            var late = CountRefusedAsync(gone);
            await new JwksRefresh(_world.World.Issuers, _world.World.Clock).RefreshDueAsync();
            Assert.Equal(gone.Count, await CountRefusedAsync(gone));
            Assert.Equal(0, await load);
            Assert.InRange(await late, 0, gone.Count);

            // What was checked while the keys changed is not remembered with those that are gone.
            Assert.Equal(gone.Count, await CountRefusedAsync(gone));
            (old, before) = (next, lasting);
        }
    }

    // Of users of their own: none is remembered before it has come once.
    private List<string> Tokens(string key) =>
        [.. Enumerable.Range(0, TokensOfAKey).Select(i => _world.Maker.Sign(_world.Maker.Claims($"user-{Guid.NewGuid():N}", lifeSeconds: 100 * 3600), key))];

    private Task<int> CountRefusedAsync(List<string> tokens) => Task.Run(async () =>
    {
        var refused = 0;
        var side = new ParallelOptions { MaxDegreeOfParallelism = Clients, CancellationToken = TestContext.Current.CancellationToken };
        await Parallel.ForEachAsync(tokens, side, async (token, _) =>
        {
            if ((await _world.AskAsync(token)).Caller is null)
            {
                Interlocked.Increment(ref refused);
            }
        });
        return refused;
    });
}
