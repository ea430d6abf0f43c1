using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>Tokens that somebody made to be taken for what they are not (RELIABILITY S13, S14).</summary>
public sealed class JwtConfusionTests : IDisposable
{
    private readonly TokenWorld _world = new();

    public void Dispose() => _world.Dispose();

    private TokenMaker Maker => _world.Maker;

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("NONE")]
    [InlineData("nOnE")]
    [InlineData("none ")]
    [InlineData("")]
    public async Task Token_WithoutASignature_IsRefused(string algorithm)
    {
        var claims = Maker.Claims().ToJsonString();
        var header = $$"""{"alg":"{{algorithm}}"}""";
        foreach (var signature in new[] { "", "AA", Maker.Sign(Maker.Claims()).Split('.')[2] })
        {
            await _world.AssertRefusedAsync($"{TokenMaker.Encode(header)}.{TokenMaker.Encode(claims)}.{signature}");
        }
    }

    [Fact]
    public async Task Token_SignedWithThePublicKeyAsASecret_IsRefused()
    {
        await _world.AssertTakenAsync(Maker.Sign(Maker.Claims()));
        foreach (var secret in new[] { Encoding.UTF8.GetBytes(Maker.RsaPem), Encoding.UTF8.GetBytes(Maker.RsaPem + "\n"), Maker.RsaDer, Encoding.UTF8.GetBytes(Maker.Jwks) })
        {
            foreach (var kid in new[] { "", ",\"kid\":\"rsa-1\"" })
            {
                await _world.AssertRefusedAsync(TokenMaker.SignBySecret($$"""{"alg":"HS256"{{kid}}}""", Maker.Claims().ToJsonString(), secret));
            }
        }
    }

    [Fact]
    public async Task Token_SignedWithThePublicKeyAsASecret_IsRefused_WhereTheEntryTakesTheAlgorithmByMistake()
    {
        // The rules refuse such a file. Here it is in force all the same.
        using var world = new TokenWorld(options => options.Algorithms.Add("HS256"));

        await world.AssertRefusedAsync(TokenMaker.SignBySecret(
            """{"alg":"HS256","kid":"rsa-1"}""", world.Maker.Claims().ToJsonString(), Encoding.UTF8.GetBytes(world.Maker.RsaPem)));
    }

    public static TheoryData<string> KeyIds =>
    [
        "../../../../dev/null", "/etc/passwd", "rsa-1' OR '1'='1", "' UNION SELECT 'secret", "rsa-1\\u0000", "https://evil.example/key", "rsa-1;ls", "{}", "rsa-2",
    ];

    [Theory, MemberData(nameof(KeyIds))]
    public async Task Token_WithAnOddKeyId_IsRefused(string kid)
    {
        var header = $$"""{"alg":"RS256","kid":"{{kid}}"}""";

        await _world.AssertRefusedAsync(Maker.Sign(header, Maker.Claims().ToJsonString(), "rsa-1"));
        await _world.AssertRefusedAsync(TokenMaker.SignBySecret(header.Replace("RS256", "HS256", StringComparison.Ordinal), Maker.Claims().ToJsonString(), []));
    }

    [Theory]
    [InlineData("""{"alg":"RS256","kid":["rsa-1"]}""")]
    [InlineData("""{"alg":"RS256","kid":1}""")]
    [InlineData("""{"alg":["RS256"],"kid":"rsa-1"}""")]
    [InlineData("""{"alg":"RS256","kid":"ec-1"}""")]
    [InlineData("""{"alg":"ES256","kid":"rsa-1"}""")]
    [InlineData("""{"alg":"RS384","kid":"rsa-1"}""")]
    [InlineData("""{"alg":"PS256","kid":"rsa-1"}""")]
    [InlineData("""{"alg":"rs256","kid":"rsa-1"}""")]
    [InlineData("""{"kid":"rsa-1"}""")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","crit":["exp"]}""")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","crit":[],"exp":1}""")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","b64":false,"crit":["b64"]}""")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","zip":"DEF"}""")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","cty":"JWT"}""")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1","enc":"A256GCM"}""")]
    [InlineData("""{"alg":"none","alg":"RS256","kid":"rsa-1"}""")]
    [InlineData("""{"alg":"RS256","alg":"none","kid":"rsa-1"}""")]
    [InlineData("""{"alg":"RS256","\u0061lg":"none","kid":"rsa-1"}""")]
    [InlineData("""["RS256"]""")]
    [InlineData("""{"alg":"RS256","kid":"rsa-1"} {}""")]
    public async Task Header_ThatAsksForSomethingElse_IsRefused(string header) =>
        await _world.AssertRefusedAsync(Maker.Sign(header, Maker.Claims().ToJsonString(), "rsa-1"));

    [Theory]
    [InlineData("jku", "\"https://evil.example/jwks\"")]
    [InlineData("x5u", "\"https://evil.example/chain\"")]
    [InlineData("jwk", """{"kty":"RSA","n":"AQAB","e":"AQAB"}""")]
    [InlineData("x5c", """["MIIB"]""")]
    public async Task Key_NamedByTheTokenItself_IsNeverAskedFor(string name, string value)
    {
        using var stranger = new TokenMaker(_world.World.Clock);
        var header = $$"""{"alg":"RS256","kid":"rsa-1","{{name}}":{{value}}}""";

        await _world.AssertRefusedAsync(stranger.Sign(header, Maker.Claims().ToJsonString(), "rsa-1"));
        await _world.AssertTakenAsync(Maker.Sign(header, Maker.Claims().ToJsonString(), "rsa-1"));
    }

    public static TheoryData<string, string?> Claims => new()
    {
        { "aud", "\"another\"" },
        { "aud", "\"proxycluster/\"" },
        { "aud", "\"PROXYCLUSTER\"" },
        { "aud", "[]" },
        { "aud", "[\"another\"]" },
        { "aud", "{\"proxycluster\":1}" },
        { "aud", null },
        { "iss", "\"https://evil.example/\"" },
        { "iss", "\"https://issuer.example\"" },
        { "iss", "[\"https://issuer.example/\"]" },
        { "iss", null },
        { "sub", "\"\"" },
        { "sub", "1" },
        { "sub", "\"a b\"" },
        { "sub", "\"a\\u0000\"" },
        { "sub", "\"../admin\"" },
        { "sub", null },
        { "exp", "\"never\"" },
        { "exp", null },
        { "limits", "\"none\"" },
        { "limits", "{\"requests_per_minute\":-1}" },
        { "limits", "{\"requests_per_minute\":\"many\"}" },
        { "team", "7" },
        { "team", "\"\"" },
    };

    [Theory, MemberData(nameof(Claims))]
    public async Task Claim_WrongOrMissing_IsRefused(string name, string? value)
    {
        var claims = Maker.Claims();
        await _world.AssertTakenAsync(Maker.Sign(claims));
        claims.Remove(name);
        if (value is not null)
        {
            claims[name] = JsonNode.Parse(value);
        }

        await _world.AssertRefusedAsync(Maker.Sign(claims));
    }

    [Fact]
    public async Task Token_AtItsEnd_IsTakenWithinTheClocksDifferenceOnly()
    {
        await _world.AssertTakenAsync(Maker.Sign(Maker.Claims(lifeSeconds: -59)));

        await _world.AssertRefusedAsync(Maker.Sign(Maker.Claims(lifeSeconds: -61)), "token_expired");
        await _world.AssertRefusedAsync(Maker.Sign(Maker.Claims(lifeSeconds: -60)), "token_expired");
    }

    [Fact]
    public async Task Token_ExpiredAndSignedByAStranger_IsNotCalledExpired()
    {
        using var stranger = new TokenMaker(_world.World.Clock);

        await _world.AssertRefusedAsync(stranger.Sign(Maker.Claims(lifeSeconds: -600)));
    }

    [Fact]
    public async Task Token_BeforeItsBeginning_IsRefused()
    {
        var claims = Maker.Claims();
        claims["nbf"] = _world.World.Clock.GetUtcNow().ToUnixTimeSeconds() + 61;
        await _world.AssertRefusedAsync(Maker.Sign(claims));

        claims["nbf"] = _world.World.Clock.GetUtcNow().ToUnixTimeSeconds() + 60;
        await _world.AssertTakenAsync(Maker.Sign(claims));
    }

    [Theory]
    [InlineData("sub")]
    [InlineData("roles")]
    [InlineData("exp")]
    [InlineData("iss")]
    public async Task Claim_ThatIsThereTwice_IsRefused(string name)
    {
        var claims = Maker.Claims();
        claims["roles"] = new JsonArray("user");
        var text = claims.ToJsonString();

        await _world.AssertRefusedAsync(Maker.Sign("""{"alg":"RS256","kid":"rsa-1"}""", text[..^1] + $",\"{name}\":{claims[name]!.ToJsonString()}}}", "rsa-1"));
        await _world.AssertRefusedAsync(Maker.Sign("""{"alg":"RS256","kid":"rsa-1"}""", text[..^1] + $",\"\\u00{(int)name[0]:x2}{name[1..]}\":{claims[name]!.ToJsonString()}}}", "rsa-1"));
    }

    [Fact]
    public async Task Token_OfAnotherForm_IsRefused()
    {
        var good = Maker.Sign(Maker.Claims());
        var parts = good.Split('.');
        string[] others =
        [
            $"{parts[0]}.{parts[1]}.", $"{parts[0]}..{parts[2]}", $".{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}", $"{good}.", $".{good}",
            $"{good}.{parts[1]}.{parts[2]}", $"{good}=", $"{parts[0]}=.{parts[1]}.{parts[2]}", good[..^1], good.Replace('-', '+').Replace('_', '/') + "/",
            $"{parts[0]}.{TokenMaker.Encode(good)}.{parts[2]}", good + good,
            "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..AAAA.AAAA.AAAA", "a.b.c", "..", ".",
        ];
        foreach (var other in others)
        {
            await _world.AssertRefusedAsync(other);
        }
    }

    [Fact]
    public async Task Token_WithinAToken_IsRefused()
    {
        var inner = Maker.Sign(Maker.Claims());
        foreach (var header in new[] { """{"alg":"RS256","kid":"rsa-1","cty":"JWT"}""", """{"alg":"RS256","kid":"rsa-1"}""" })
        {
            await _world.AssertRefusedAsync(Maker.Sign(header, $"\"{inner}\"", "rsa-1"));
            await _world.AssertRefusedAsync(Maker.Sign(header, inner, "rsa-1"));
        }
    }

    [Fact]
    public async Task Token_LongerThanAnyOther_IsRefused()
    {
        var claims = Maker.Claims();
        claims["pad"] = new string('x', 8 * 1024);

        await _world.AssertRefusedAsync(Maker.Sign(claims));
        await _world.AssertRefusedAsync(new string('a', 4_000_000) + ".b.c");
    }

    [Fact]
    public async Task Claims_NestedDeeply_AreRefused() =>
        await _world.AssertRefusedAsync(Maker.Sign(
            """{"alg":"RS256","kid":"rsa-1"}""",
            Maker.Claims().ToJsonString()[..^1] + ",\"a\":" + new string('[', 1000) + new string(']', 1000) + "}",
            "rsa-1"));

    [Fact]
    public async Task Tokens_AlikeInTheirFirst512Characters_AreTwoCallers()
    {
        var first = Maker.Claims("first");
        var claims = new JsonObject { ["pad"] = new string('x', 600) };
        foreach (var (name, value) in first)
        {
            claims[name] = value!.DeepClone();
        }

        var one = Maker.Sign(claims);
        claims["sub"] = "second";
        var two = Maker.Sign(claims);
        Assert.Equal(one[..512], two[..512]);

        Assert.Equal(("first", "second"), ((await _world.AssertTakenAsync(one)).User, (await _world.AssertTakenAsync(two)).User));

        // Remembered by now.
        Assert.Equal(("first", "second"), ((await _world.AssertTakenAsync(one)).User, (await _world.AssertTakenAsync(two)).User));
    }

    [Fact]
    public async Task Token_Remembered_WithAnotherSignature_IsRefused()
    {
        var good = Maker.Sign(Maker.Claims());
        await _world.AssertTakenAsync(good);
        var last = good[^5];

        await _world.AssertRefusedAsync(good[..^5] + (last == 'A' ? 'B' : 'A') + good[^4..]);
    }

    [Fact]
    public async Task Token_IsNotTakenInHeadersOfKeys()
    {
        var good = Maker.Sign(Maker.Claims());
        await _world.AssertTakenAsync(good);

        foreach (var header in new[] { "x-api-key", "api-key" })
        {
            Assert.Equal("invalid_api_key", (await _world.World.AskAsync((header, good))).Refusal?.Code);
        }
    }

    [Fact]
    public async Task Token_OfAnotherIssuersKey_IsRefused()
    {
        using var world = new SecurityWorld(options =>
        {
            options.Auth.Required = true;
            options.Auth.Jwt.Add(new() { Issuer = TokenMaker.Issuer, Audience = TokenMaker.Audience, JwksUrl = "https://issuer.example/jwks", UserPrefix = "a:" });
            options.Auth.Jwt.Add(new() { Issuer = "shared", Audience = TokenMaker.Audience, Secret = TokenMaker.Secret, UserPrefix = "b:" });
        });
        using var maker = new TokenMaker(world.Clock);
        world.Jwks.Json = maker.Jwks;
        var claims = maker.Claims();
        claims["iss"] = "shared";

        // Each with the other's key.
        Assert.Equal("invalid_token", (await world.AskAsync(("Authorization", "Bearer " + maker.Sign(claims)))).Refusal?.Code);
        Assert.Equal("invalid_token", (await world.AskAsync(("Authorization", "Bearer " + TokenMaker.SignBySecret(maker.Claims())))).Refusal?.Code);

        // Each with its own: two users, though they are called alike.
        Assert.Equal("user:b:ada", (await world.AskAsync(("Authorization", "Bearer " + TokenMaker.SignBySecret(claims)))).Caller?.Subject);
        Assert.Equal("user:a:ada", (await world.AskAsync(("Authorization", "Bearer " + maker.Sign(maker.Claims())))).Caller?.Subject);
    }

    [Fact]
    public async Task Texts_OfAnyKind_AreRefusedWithoutAFault()
    {
        var random = new Random(7);
        var good = Maker.Sign(Maker.Claims());
        for (var i = 0; i < 2000; i++)
        {
            var text = good.ToCharArray();
            for (var j = random.Next(1, 6); j > 0; j--)
            {
                text[random.Next(text.Length)] = (char)random.Next(33, 127);
            }

            var changed = new string(text);
            if (changed != good)
            {
                var answer = await _world.AskAsync(changed);
                Assert.True(answer.Refusal is { Status: 401 }, string.Create(CultureInfo.InvariantCulture, $"{i}: {changed}"));
            }
        }

        Assert.NotNull(JwtText.Read(good));
    }
}
