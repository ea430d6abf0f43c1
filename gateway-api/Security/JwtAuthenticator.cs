using System.Collections.Immutable;
using ProxyCluster.Core.RateLimiting;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Finds out whom a token stands for. One that was validated within the last minute costs a hash and a look-up; any other
/// is checked whole. Never falls back to anything else.
/// </summary>
internal sealed class JwtAuthenticator(JwtIssuers issuers, AccountTable accounts, JwtMetrics metrics)
{
    /// <summary>Whether tokens are taken at all.</summary>
    public bool IsUsed => issuers.Current.ByName.Count > 0;

    /// <summary>Checks a token. Completes synchronously for one that is remembered.</summary>
    /// <param name="token">What a client sent.</param>
    public ValueTask<Authentication> AuthenticateAsync(ReadOnlySpan<char> token)
    {
        var current = issuers.Current;
        if (!JwtHash.TryOf(token, out var hash))
        {
            return new(Refusals.InvalidToken());
        }

        return current.Tokens.Find(hash) is { } caller ? new(caller) : CheckAsync(current, hash, token.ToString());
    }

    private async ValueTask<Authentication> CheckAsync(JwtIssuerSet current, JwtHash hash, string token)
    {
        if (JwtText.Read(token) is not { } text || !current.ByName.TryGetValue(text.Issuer, out var issuer))
        {
            metrics.Checked(JwtVerdictKind.Invalid);
            return Refusals.InvalidToken();
        }

        var verdict = await issuer.JudgeAsync(text, token);
        metrics.Checked(verdict.Kind);
        switch (verdict.Kind)
        {
            case JwtVerdictKind.Valid:
                var caller = CallerOf(verdict.Identity!, current.Tokens.FindEarlier(hash));
                current.Tokens.Keep(hash, caller, verdict.Left, issuer.Keys, verdict.KeysVersion);
                return caller;
            case JwtVerdictKind.Expired:
                return Refusals.TokenExpired();
            case JwtVerdictKind.Unknown:
                return Refusals.IssuerUnreachable();
            default:
                return Refusals.InvalidToken();
        }
    }

    // The earlier one of the same token where nothing is different, with what limiters know of it.
    private Caller CallerOf(TokenIdentity identity, Caller? earlier)
    {
        var subject = SubjectId.OfUser(identity.User);
        var team = identity.Team ?? accounts.Find(subject)?.Team;
        var counted = AccountsOf(identity, subject, team);
        if (earlier is not null && earlier.Subject == subject && earlier.Team == team && earlier.Accounts.SequenceEqual(counted)
            && earlier.Permissions == identity.Permissions && earlier.Roles.SequenceEqual(identity.Roles))
        {
            return earlier;
        }

        return new Caller
        {
            Subject = subject,
            Name = subject,
            IsLimited = true,
            User = identity.User,
            Team = team,
            Roles = identity.Roles,
            Permissions = identity.Permissions,
            Accounts = counted,
        };
    }

    private ImmutableArray<Account> AccountsOf(TokenIdentity identity, string user, string? team)
    {
        var counted = ImmutableArray.CreateBuilder<Account>();
        if (ClaimedOf(identity) is { } claimed)
        {
            counted.Add(claimed);
        }

        counted.Add(accounts.Of(user));
        if (team is not null)
        {
            counted.Add(accounts.Of(SubjectId.OfTeam(team)));
        }

        return counted.DrainToImmutable();
    }

    // What a token says of limits holds for its like alone: in the user's own account it would hold for her keys and other tokens,
    // or not, by which gateway has seen which of them last.
    private Account? ClaimedOf(TokenIdentity identity)
    {
        if (identity.Limits is not { } limits || limits == new LimitSet())
        {
            return null;
        }

        var account = accounts.Of(TokenSubject.Of(identity.User, limits));
        account.Limits ??= limits;
        return account;
    }
}
