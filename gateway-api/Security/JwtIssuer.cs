using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>One issuer in force: checks its tokens, and reads whom they stand for.</summary>
internal sealed class JwtIssuer
{
    private static readonly string[] OfSecrets = ["HS256"];
    private static readonly string[] OfPublicKeys = ["RS256", "ES256", "EdDSA"];

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = JwtText.Longest, MapInboundClaims = false };
    private readonly HashSet<string> _algorithms;
    private readonly TokenValidationParameters _parameters;
    private readonly TokenClaims _claims;
    private readonly TimeSpan _skew;
    private readonly TimeProvider _clock;

    /// <param name="options">The issuer's entry.</param>
    /// <param name="keys">What its tokens are checked with.</param>
    /// <param name="roles">What roles may do.</param>
    /// <param name="clock">Tokens end by it.</param>
    public JwtIssuer(JwtOptions options, IJwtKeys keys, RoleTable roles, TimeProvider clock)
    {
        Keys = keys;
        Name = options.Issuer;
        _claims = new TokenClaims(options, roles);
        _skew = TimeSpan.FromSeconds(options.ClockSkewSeconds);
        _clock = clock;
        _algorithms = new(
            options.Algorithms.Count > 0 ? options.Algorithms : options.Secret is null ? OfPublicKeys : OfSecrets, StringComparer.Ordinal);
        _parameters = new TokenValidationParameters
        {
            ValidAlgorithms = _algorithms,
            ValidIssuer = options.Issuer,
            ValidAudience = options.Audience,
            IgnoreTrailingSlashWhenValidatingAudience = false,
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            ValidateLifetime = true,
            IncludeTokenOnFailedValidation = false,

            // Only keys are tried that the token's own key id and algorithm leave.
            TryAllIssuerSigningKeys = true,
        };
    }

    private enum Life
    {
        Now,
        Over,
        NotYet,
        Endless,
    }

    /// <summary>As in the claim <c>iss</c>.</summary>
    public string Name { get; }

    /// <summary>What its tokens are checked with.</summary>
    public IJwtKeys Keys { get; }

    /// <summary>Checks a token's signature, issuer, audience and lifetime, then reads its claims.</summary>
    /// <param name="text">The token taken apart; its issuer is this one.</param>
    /// <param name="token">The whole token.</param>
    public async ValueTask<JwtVerdict> JudgeAsync(JwtText text, string token)
    {
        if (!_algorithms.Contains(text.Algorithm))
        {
            return JwtVerdict.Invalid;
        }

        var version = Keys.Version;
        var (verdict, isOfNoKey) = await JudgeByKeysAsync(text, token, version);

        // One that names its key has had the keys renewed where that is not known; of any other its signature alone can tell.
        return isOfNoKey && text.KeyId is null && await Keys.RenewAsync(version)
            ? (await JudgeByKeysAsync(text, token, Keys.Version)).Verdict
            : verdict;
    }

    private async ValueTask<(JwtVerdict Verdict, bool IsOfNoKey)> JudgeByKeysAsync(JwtText text, string token, int version)
    {
        var found = await Keys.FindAsync(text.KeyId, text.Algorithm);
        if (found.Keys.IsEmpty)
        {
            return found.AreMissing ? (JwtVerdict.Unknown, false) : (JwtVerdict.Invalid, true);
        }

        var life = Life.Endless;
        var parameters = _parameters.Clone();
        parameters.IssuerSigningKeys = found.Keys;
        parameters.LifetimeValidator = (from, to, _, _) =>
        {
            // Judged below: the library asks for it even where the signature is wrong, and strangers shall learn nothing.
            life = LifeAt(from, to);
            return true;
        };
        var result = await _handler.ValidateTokenAsync(token, parameters);
        if (!result.IsValid || life != Life.Now)
        {
            return (result.IsValid && life == Life.Over ? JwtVerdict.Expired : JwtVerdict.Invalid, result.Exception is SecurityTokenInvalidSignatureException);
        }

        return _claims.Read(text.Claims) is { } identity
            ? (new JwtVerdict(JwtVerdictKind.Valid, identity, result.SecurityToken.ValidTo - _clock.GetUtcNow().UtcDateTime, version), false)
            : (JwtVerdict.Invalid, false);
    }

    private Life LifeAt(DateTime? from, DateTime? to)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        return to is not { } end ? Life.Endless
            : now - _skew >= end ? Life.Over
            : from is { } start && now + _skew < start ? Life.NotYet
            : Life.Now;
    }
}

/// <summary>What became of checking a token.</summary>
internal enum JwtVerdictKind
{
    /// <summary>Nobody signed it who may, or it is not for us, or not yet.</summary>
    Invalid = 0,

    /// <summary>It is good.</summary>
    Valid = 1,

    /// <summary>It was good, and is over.</summary>
    Expired = 2,

    /// <summary>Its issuer's keys are not known.</summary>
    Unknown = 3,
}

/// <summary>A token as its issuer's entry judges it.</summary>
/// <param name="Kind">What became of it.</param>
/// <param name="Identity">Whom it stands for; <see langword="null"/>: it is not valid.</param>
/// <param name="Left">Until it expires; negative while only the clocks' difference keeps it.</param>
/// <param name="KeysVersion">Of the keys that it was checked with.</param>
internal readonly record struct JwtVerdict(JwtVerdictKind Kind, TokenIdentity? Identity = null, TimeSpan Left = default, int KeysVersion = 0)
{
    public static readonly JwtVerdict Invalid = new(JwtVerdictKind.Invalid);
    public static readonly JwtVerdict Expired = new(JwtVerdictKind.Expired);
    public static readonly JwtVerdict Unknown = new(JwtVerdictKind.Unknown);
}
