using System.Text.Json.Nodes;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>A gateway that takes the tokens of one issuer.</summary>
internal sealed class TokenWorld : IDisposable
{
    public TokenWorld(Action<JwtOptions>? configure = null, bool isSecret = false)
    {
        Options = new JwtOptions
        {
            Issuer = TokenMaker.Issuer,
            Audience = TokenMaker.Audience,
            JwksUrl = isSecret ? null : "https://issuer.example/jwks",
            Secret = isSecret ? TokenMaker.Secret : null,
        };
        configure?.Invoke(Options);
        World = new SecurityWorld(options =>
        {
            options.Auth.Required = true;
            options.Auth.Jwt.Add(Options);
        });
        Maker = new TokenMaker(World.Clock);
        World.Jwks.Json = Maker.Jwks;
    }

    public JwtOptions Options { get; }

    public SecurityWorld World { get; }

    public TokenMaker Maker { get; }

    public ValueTask<Authentication> AskAsync(string token) => World.AskAsync(("Authorization", "Bearer " + token));

    public ValueTask<Authentication> AskAsync(JsonObject claims) => AskAsync(Options.Secret is null ? Maker.Sign(claims) : TokenMaker.SignBySecret(claims));

    /// <summary>Checks that a good token is taken, so that a refusal is not for some other reason.</summary>
    public async Task<Caller> AssertTakenAsync(string token)
    {
        var answer = await AskAsync(token);
        Assert.True(answer.Caller is not null, answer.Refusal?.Code);
        return answer.Caller;
    }

    public async Task AssertRefusedAsync(string token, string code = "invalid_token")
    {
        var answer = await AskAsync(token);
        Assert.Equal((401, code), (answer.Refusal?.Status, answer.Refusal?.Code));
        Assert.Null(answer.Caller);

        // No text of a token is told again.
        Assert.DoesNotContain("issuer.example", answer.Refusal!.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        Maker.Dispose();
        World.Dispose();
    }
}
