using System.Collections.Immutable;
using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Core.Security;

/// <summary>
/// Reads from a validated token's claims whom it stands for. What is absent has the defaults of the issuer's entry; what is
/// there and cannot be read is never taken for absent, so that a slip of the issuer gives nobody more.
/// </summary>
public sealed class TokenClaims
{
    private const int MostNames = 64;

    private readonly JwtOptions _options;
    private readonly RoleTable _roles;

    /// <param name="options">What the issuer calls its claims, and the defaults.</param>
    /// <param name="roles">What roles may do.</param>
    public TokenClaims(JwtOptions options, RoleTable roles)
    {
        _options = options;
        _roles = roles;
    }

    /// <summary>Reads the claims.</summary>
    /// <param name="claims">The token's payload: a JSON object.</param>
    /// <returns><see langword="null"/>: there is no user in it that could be one of ours, or its team or limits cannot be read.</returns>
    public TokenIdentity? Read(JsonElement claims)
    {
        if (Find(claims, _options.Claims.User) is not { ValueKind: JsonValueKind.String } user
            || string.IsNullOrEmpty(user.GetString())
            || _options.UserPrefix + user.GetString() is not { } name || !SubjectId.IsValid(name)
            || !TryReadTeam(claims, out var team)
            || !TryReadLimits(Find(claims, _options.Claims.Limits), out var limits))
        {
            return null;
        }

        var roles = ReadRoles(claims);
        var permissions = Find(claims, _options.Claims.Permissions) is { } listed ? Names(listed) : [];
        return new(name, team, roles, _roles.Allow(roles, permissions), limits);
    }

    private bool TryReadTeam(JsonElement claims, out string? team)
    {
        team = _options.DefaultTeam;
        if (Find(claims, _options.Claims.Team) is not { } claim)
        {
            return true;
        }

        team = claim.ValueKind == JsonValueKind.String ? claim.GetString() : null;
        return SubjectId.IsValid(team);
    }

    private ImmutableArray<string> ReadRoles(JsonElement claims)
    {
        if (Find(claims, _options.Claims.Roles) is not { } claim)
        {
            return _options.DefaultRole.Length > 0 ? [_options.DefaultRole] : [];
        }

        var roles = ImmutableArray.CreateBuilder<string>();
        foreach (var name in Names(claim))
        {
            var role = _options.Roles.Count == 0 ? name : _options.Roles.TryGetValue(name, out var mapped) ? mapped : null;
            if (role is not null && _roles.Knows(role) && !roles.Contains(role))
            {
                roles.Add(role);
            }
        }

        return roles.ToImmutable();
    }

    private static List<string> Names(JsonElement claim) => claim.ValueKind switch
    {
        JsonValueKind.String => [.. claim.GetString()!.Split(' ', MostNames, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        JsonValueKind.Array => [.. claim.EnumerateArray().Take(MostNames).Where(static item => item.ValueKind == JsonValueKind.String).Select(static item => item.GetString()!)],
        _ => [],
    };

    private static bool TryReadLimits(JsonElement? claim, out LimitSet? limits)
    {
        limits = null;
        if (claim is not { } value)
        {
            return true;
        }

        var fits = true;
        if (value.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        limits = new LimitSet
        {
            RequestsPerMinute = (int?)Number("requests_per_minute", int.MaxValue),
            RequestsPerHour = (int?)Number("requests_per_hour", int.MaxValue),
            TokensPerMinute = (long?)Number("tokens_per_minute", long.MaxValue),
            TokensPerHour = (long?)Number("tokens_per_hour", long.MaxValue),
            Concurrency = (int?)Number("concurrency", int.MaxValue),
            DollarsPerDay = Number("dollars_per_day", 1_000_000_000),
            DollarsPerMonth = Number("dollars_per_month", 1_000_000_000),
        };
        return fits;

        decimal? Number(string name, decimal most)
        {
            if (!value.TryGetProperty(name, out var member) || member.ValueKind == JsonValueKind.Null)
            {
                return null;
            }

            if (member.ValueKind == JsonValueKind.Number && member.TryGetDecimal(out var number) && number >= 0 && number <= most)
            {
                return number;
            }

            fits = false;
            return null;
        }
    }

    // Null: absent.
    private static JsonElement? Find(JsonElement claims, string name)
    {
        if (claims.TryGetProperty(name, out var claim))
        {
            return claim.ValueKind == JsonValueKind.Null ? null : claim;
        }

        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && claims.TryGetProperty(name[..dot], out var part) && part.ValueKind == JsonValueKind.Object
            ? Find(part, name[(dot + 1)..])
            : null;
    }
}
