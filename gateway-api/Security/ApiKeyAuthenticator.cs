using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>
/// Checks API keys against the table. A known key costs one HMAC and one look-up; a key that is missing, wrong, revoked
/// or expired gets one and the same answer. In the open loopback mode credentials are ignored, because clients insist on
/// sending some.
/// </summary>
internal sealed class ApiKeyAuthenticator : ICallerAuthenticator, IDisposable
{
    private readonly KeyVerifier _verifier;
    private readonly SecurityMetrics _metrics;
    private readonly IDisposable? _subscription;
    private Settings _settings;

    public ApiKeyAuthenticator(
        IOptionsMonitor<ProxyClusterOptions> options,
        KeyVerifier verifier,
        SecurityMetrics metrics)
    {
        _verifier = verifier;
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
            return new(LocalOrigin.Check(context.Request) is { } refusal ? Refuse(refusal, SecurityMetrics.Origin) : Caller.Local);
        }

        var credential = Credential.Read(context.Request.Headers);
        return credential.Kind switch
        {
            CredentialKind.One when credential.Key.Length <= KeyHash.LongestKey => _verifier.CheckAsync(credential.Key, settings.MaxStale),
            CredentialKind.Conflicting => new(Refuse(Refusals.ConflictingCredentials(), SecurityMetrics.Conflicting)),
            CredentialKind.None => new(Refuse(Refusals.InvalidKey(), SecurityMetrics.Missing)),
            _ => new(Refuse(Refusals.InvalidKey(), SecurityMetrics.Unknown)),
        };
    }

    public void Dispose() => _subscription?.Dispose();

    private Authentication Refuse(Refusal refusal, string reason)
    {
        _metrics.Refused(reason);
        return refusal;
    }

    // Whatever a changed file says, what is refused at a start is never open at run time.
    private sealed record Settings(bool IsOpen, TimeSpan MaxStale)
    {
        public static Settings Of(ProxyClusterOptions options) => new(
            AuthenticationDecision.Of(options.Auth, options.Listen).Mode == AuthenticationMode.Open,
            TimeSpan.FromSeconds(options.Auth.MaxStaleSeconds));
    }
}
