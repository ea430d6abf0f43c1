using Microsoft.Extensions.Options;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.RateLimiting;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Finds out who sends a request, in SPEC's order. A request has one credential: what kind it is follows from where it
/// stands and what it looks like, and it is never tried as another. In the open loopback mode credentials are ignored,
/// because clients insist on sending some.
/// </summary>
internal sealed class CallerAuthenticator : ICallerAuthenticator, IDisposable
{
    private readonly KeyVerifier _keys;
    private readonly JwtAuthenticator _tokens;
    private readonly SecurityEvents _events;
    private readonly SecurityMetrics _metrics;
    private readonly IDisposable? _subscription;
    private Settings _settings;

    public CallerAuthenticator(
        IOptionsMonitor<ProxyClusterOptions> options,
        KeyVerifier keys,
        JwtAuthenticator tokens,
        SecurityEvents events,
        SecurityMetrics metrics)
    {
        _keys = keys;
        _tokens = tokens;
        _events = events;
        _metrics = metrics;
        _settings = Settings.Of(options.CurrentValue);
        _subscription = options.OnChange((changed, _) => Volatile.Write(ref _settings, Settings.Of(changed)));
    }

    /// <inheritdoc/>
    public ValueTask<Authentication> AuthenticateAsync(HttpContext context)
    {
        var settings = Volatile.Read(ref _settings);
        if (settings.IsOpen)
        {
            return new(LocalOrigin.Check(context.Request) is { } foreign ? Refuse(foreign, SecurityMetrics.Origin) : Caller.Local);
        }

        var credential = Credential.Read(context.Request.Headers);
        if (context.Request.QueryString.HasValue && TakeQueryKey(context, settings, ref credential) is { } misplaced)
        {
            return new(Failed(context, misplaced));
        }

        var checking = credential.Kind switch
        {
            CredentialKind.One => IsToken(credential)
                ? CheckTokenAsync(credential.Value)
                : _keys.CheckAsync(credential.Value, settings.MaxStale, AddressGuard.IsBarred(context)),
            CredentialKind.Conflicting => new(Refuse(Refusals.ConflictingCredentials(), SecurityMetrics.Conflicting)),
            CredentialKind.Foreign => new(Refuse(Refusals.InvalidKey(), SecurityMetrics.Unknown)),
            _ => new(Refuse(Refusals.InvalidKey(), SecurityMetrics.Missing)),
        };
        return checking.IsCompletedSuccessfully ? new(Conclude(context, checking.Result)) : ConcludeAsync(context, checking);
    }

    public void Dispose() => _subscription?.Dispose();

    // A key of the file may have any form, but where tokens are taken what has a dot is one.
    private bool IsToken(in Credential credential) =>
        credential.IsBearer && _tokens.IsUsed && !credential.Value.StartsWith(ApiKeyFormat.Prefix) && credential.Value.Contains('.');

    private ValueTask<Authentication> CheckTokenAsync(ReadOnlySpan<char> token)
    {
        var checking = _tokens.AuthenticateAsync(token);
        return checking.IsCompletedSuccessfully ? new(Counted(checking.Result)) : CountAsync(checking);

        async ValueTask<Authentication> CountAsync(ValueTask<Authentication> pending) => Counted(await pending);
    }

    private Authentication Counted(Authentication result)
    {
        if (result.Refusal is { } refusal)
        {
            _metrics.Refused(refusal.Code switch
            {
                "token_expired" => SecurityMetrics.Expired,
                "issuer_unreachable" => SecurityMetrics.Issuer,
                _ => SecurityMetrics.Token,
            });
        }

        return result;
    }

    private Refusal? TakeQueryKey(HttpContext context, Settings settings, ref Credential credential)
    {
        var keys = QueryKey.Take(context.Request);
        if (keys.Count == 0)
        {
            return null;
        }

        _events.Record(
            SecurityEventType.ApiKeyInQuery,
            null,
            ClientAddress.Of(context),
            settings.AllowKeyInQuery ? "A key came in the query and was looked at." : "A key came in the query, where none is taken.");
        if (!settings.AllowKeyInQuery)
        {
            _metrics.Refused(SecurityMetrics.Query);
            return Refusals.KeyInQuery();
        }

        foreach (var key in keys)
        {
            credential = credential.With(key);
        }

        return null;
    }

    private async ValueTask<Authentication> ConcludeAsync(HttpContext context, ValueTask<Authentication> checking) => Conclude(context, await checking);

    private Authentication Conclude(HttpContext context, Authentication result)
    {
        if (result.Refusal is { } refusal)
        {
            return Failed(context, refusal);
        }

        foreach (var account in result.Caller!.Accounts)
        {
            if (account.IsSuspended)
            {
                return Failed(context, Refuse(Refusals.Suspended(), SecurityMetrics.Suspended));
            }
        }

        return result;
    }

    // Every attempt that fails for want of a good credential ends here.
    private Refusal Failed(HttpContext context, Refusal refusal)
    {
        if (refusal.Status < StatusCodes.Status500InternalServerError)
        {
            _events.Record(SecurityEventType.AuthenticationFailed, null, ClientAddress.Of(context), refusal.Code ?? "refused");
        }

        return refusal;
    }

    private Refusal Refuse(Refusal refusal, string reason)
    {
        _metrics.Refused(reason);
        return refusal;
    }

    // Whatever a changed file says, what is refused at a start is never open at run time.
    private sealed record Settings(bool IsOpen, bool AllowKeyInQuery, TimeSpan MaxStale)
    {
        public static Settings Of(ProxyClusterOptions options) => new(
            AuthenticationDecision.Of(options.Auth, options.Listen).Mode == AuthenticationMode.Open,
            options.Auth.AllowKeyInQuery,
            TimeSpan.FromSeconds(options.Auth.MaxStaleSeconds));
    }
}
