using System.Collections.Immutable;
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
        var own = accounts.Of(subject);
        var known = accounts.Find(subject);

        // What the cluster itself says of a user goes before what issuers say.
        if (identity.Limits is not null && known?.Limits is null && own.Limits != identity.Limits)
        {
            own.Limits = identity.Limits;
        }

        var team = identity.Team ?? known?.Team;
        if (earlier is not null && earlier.Subject == subject && earlier.Team == team
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
            Accounts = AccountsOf(own, team),
        };
    }

    private ImmutableArray<Account> AccountsOf(Account user, string? team) => team is null ? [user] : [user, accounts.Of(SubjectId.OfTeam(team))];
}
