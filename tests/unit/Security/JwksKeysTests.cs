using ProxyCluster.Core.Audit;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>When an issuer's keys are fetched, and what becomes of tokens while they are not (RELIABILITY 7.3).</summary>
public sealed class JwksKeysTests : IDisposable
{
    private readonly TokenWorld _world = new();

    public void Dispose() => _world.Dispose();

    private StubJwksSource Source => _world.World.Jwks;

    [Fact]
    public async Task Tokens_OfKnownKeys_FetchNothing()
    {
        for (var i = 0; i < 50; i++)
        {
            await _world.AssertTakenAsync(_world.Maker.Sign(_world.Maker.Claims($"user-{i}"), i % 2 == 0 ? "rsa-1" : "ed-1"));
        }

        Assert.Equal(1, Source.Fetches);
    }

    [Fact]
    public async Task Tokens_OfTenThousandUnknownKeys_FetchOnceInThirtySeconds()
    {
        await _world.AssertTakenAsync(_world.Maker.Sign(_world.Maker.Claims()));
        _world.World.Clock.Advance(JwksKeys.UnknownKeyRest);
        for (var i = 0; i < 10_000; i++)
        {
            var answer = await _world.AskAsync(Random(i));
            Assert.Equal("invalid_token", answer.Refusal?.Code);
        }

        Assert.Equal(2, Source.Fetches);
        _world.World.Clock.Advance(JwksKeys.UnknownKeyRest);
        await _world.AskAsync(Random(0));
        await _world.AskAsync(Random(1));
        Assert.Equal(3, Source.Fetches);

        // Meanwhile a known key goes on working.
        await _world.AssertTakenAsync(_world.Maker.Sign(_world.Maker.Claims()));
    }

    [Fact]
    public async Task Tokens_ThatWaitForKeys_ShareOneFetch()
    {
        var silence = new TaskCompletionSource();
        Source.Silence = silence.Task;
        var asked = Enumerable.Range(0, 100).Select(i => _world.AskAsync(_world.Maker.Sign(_world.Maker.Claims($"user-{i}"))).AsTask()).ToArray();

        silence.SetResult();
        var answers = await Task.WhenAll(asked);

        Assert.All(answers, static answer => Assert.NotNull(answer.Caller));
        Assert.Equal(1, Source.Fetches);
    }

    [Fact]
    public async Task Key_ThatIsNew_IsTakenWithTheFirstTokenThatNamesIt()
    {
        await _world.AssertTakenAsync(_world.Maker.Sign(_world.Maker.Claims()));
        _world.World.Clock.Advance(TimeSpan.FromMinutes(5));
        _world.Maker.Add("rsa-2");
        Source.Json = _world.Maker.Jwks;

        await _world.AssertTakenAsync(_world.Maker.Sign(_world.Maker.Claims(), "rsa-2"));
        await _world.AssertTakenAsync(_world.Maker.Sign(_world.Maker.Claims(), "rsa-1"));
        Assert.Equal(2, Source.Fetches);
    }

    [Fact]
    public async Task Key_WithoutAName_IsTakenWithTheFirstTokenThatItSigned()
    {
        Source.Json = _world.Maker.NamelessJwks;
        var old = _world.Maker.SignNameless(_world.Maker.Claims());
        await _world.AssertTakenAsync(old);
        _world.World.Clock.Advance(JwksKeys.UnknownKeyRest);
        _world.Maker.Add("rsa-1");
        Source.Json = _world.Maker.NamelessJwks;

        await _world.AssertTakenAsync(_world.Maker.SignNameless(_world.Maker.Claims()));

        Assert.Equal(2, Source.Fetches);
        await _world.AssertRefusedAsync(old);
    }

    [Fact]
    public async Task Key_WithoutAName_OfAnotherKind_IsTakenWithTheFirstTokenThatItSigned()
    {
        var curve = _world.Maker.SignNameless(_world.Maker.Claims(), "ec-1");
        var both = _world.Maker.NamelessJwks;
        _world.Maker.Remove("ec-1");
        Source.Json = _world.Maker.NamelessJwks;
        await _world.AssertTakenAsync(_world.Maker.SignNameless(_world.Maker.Claims()));
        _world.World.Clock.Advance(JwksKeys.UnknownKeyRest);
        Source.Json = both;

        await _world.AssertTakenAsync(curve);

        Assert.Equal(2, Source.Fetches);
    }

    [Fact]
    public async Task Tokens_WithoutANameThatNoKeySigned_FetchOnceInThirtySeconds()
    {
        Source.Json = _world.Maker.NamelessJwks;
        _world.Maker.Add("rsa-2");
        await _world.AssertTakenAsync(_world.Maker.SignNameless(_world.Maker.Claims()));
        await _world.AssertRefusedAsync(_world.Maker.SignNameless(_world.Maker.Claims(), "rsa-2"));
        Assert.Equal(1, Source.Fetches);
        _world.World.Clock.Advance(JwksKeys.UnknownKeyRest);

        for (var i = 0; i < 50; i++)
        {
            await _world.AssertRefusedAsync(_world.Maker.SignNameless(_world.Maker.Claims($"user-{i}"), "rsa-2"));
        }

        Assert.Equal(2, Source.Fetches);
    }

    [Fact]
    public async Task Tokens_WithoutANameThatAreOver_FetchNothing()
    {
        Source.Json = _world.Maker.NamelessJwks;
        await _world.AssertTakenAsync(_world.Maker.SignNameless(_world.Maker.Claims()));
        _world.World.Clock.Advance(JwksKeys.UnknownKeyRest);

        await _world.AssertRefusedAsync(_world.Maker.SignNameless(_world.Maker.Claims(lifeSeconds: -600)), "token_expired");

        Assert.Equal(1, Source.Fetches);
    }

    [Fact]
    public async Task Key_ThatIsGone_IsRefusedFromTheNextReading_EvenWithARememberedToken()
    {
        var token = _world.Maker.Sign(_world.Maker.Claims(lifeSeconds: 24 * 3600), "ec-1");
        await _world.AssertTakenAsync(token);
        _world.Maker.Remove("ec-1");
        Source.Json = _world.Maker.Jwks;
        await _world.AssertTakenAsync(token);

        await new JwksRefresh(_world.World.Issuers, _world.World.Clock).RefreshDueAsync();
        await _world.AssertTakenAsync(token);
        _world.World.Clock.Advance(JwksKeys.Period);
        await new JwksRefresh(_world.World.Issuers, _world.World.Clock).RefreshDueAsync();

        await _world.AssertRefusedAsync(token);
        await _world.AssertTakenAsync(_world.Maker.Sign(_world.Maker.Claims()));
    }

    [Fact]
    public async Task Keys_OfAnIssuerThatDoesNotAnswer_GoOnForADay()
    {
        var token = _world.Maker.Sign(_world.Maker.Claims(lifeSeconds: 100 * 3600));
        await _world.AssertTakenAsync(token);
        Source.Fault = "The address answered 500.";
        var refresh = new JwksRefresh(_world.World.Issuers, _world.World.Clock);
        for (var hour = 0; hour < 23; hour++)
        {
            _world.World.Clock.Advance(TimeSpan.FromHours(1));
            await refresh.RefreshDueAsync();
            await _world.AssertTakenAsync(token);
        }

        _world.World.Clock.Advance(TimeSpan.FromHours(1));

        // Not called wrong: nobody can tell.
        Assert.Equal(Refusals.IssuerUnreachable(), (await _world.AskAsync(token)).Refusal);
        Source.Fault = null;
        _world.World.Clock.Advance(JwksKeys.UnknownKeyRest);
        await _world.AssertTakenAsync(token);
    }

    [Fact]
    public async Task Issuer_ThatWasNeverHeard_MakesTokensWait_NotWrong()
    {
        Source.Silence = new TaskCompletionSource().Task;
        var asked = _world.AskAsync(_world.Maker.Sign(_world.Maker.Claims())).AsTask();
        Assert.False(asked.IsCompleted);

        while (!asked.IsCompleted)
        {
            _world.World.Clock.Advance(JwksKeys.Patience);
            await Task.Yield();
        }

        Assert.Equal(Refusals.IssuerUnreachable(), (await asked).Refusal);
    }

    [Fact]
    public async Task Fetch_ThatFails_IsASecurityEvent()
    {
        Source.Fault = "The address answered 500.";

        await _world.AskAsync(_world.Maker.Sign(_world.Maker.Claims()));

        Assert.Equal(1, _world.World.CountOf(SecurityEventType.IssuerUnreachable));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"oct","kid":"rsa-1","k":"AAAA"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":"rsa-1","n":"AQAB","e":"AQAB"}]}""")]
    [InlineData("""{"keys":[{"kty":"RSA","kid":"rsa-1","use":"enc"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","kid":"a","crv":"P-256","x":"AQAB","y":"AQAB"}]}""")]
    [InlineData("""{"keys":[{"kty":"OKP","kid":"a","crv":"Ed25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}""")]
    [InlineData("""{"keys":[{"kty":"OKP","kid":"a","crv":"X25519","x":"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}]}""")]
    [InlineData("<html>")]
    public void KeySet_WithoutAUsableKey_IsNone(string json) => Assert.Throws<JwksException>(() => JwksReader.Read(json));

    [Fact]
    public void KeySet_WithABadKey_KeepsTheGoodOnes()
    {
        var bad = """{"kty":"EC","kid":"bad","crv":"P-256","x":"AQAB","y":"AQAB"},""";

        var keys = JwksReader.Read(_world.Maker.Jwks.Replace("[{", "[" + bad + "{", StringComparison.Ordinal));

        Assert.Equal(["rsa-1", "ec-1", "ed-1"], keys.Select(static key => key.Id));
    }

    private string Random(int i) => _world.Maker.Sign($$"""{"alg":"EdDSA","kid":"random-{{i}}"}""", _world.Maker.Claims().ToJsonString(), "ed-1");
}
