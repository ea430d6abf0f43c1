using ProxyCluster.Core.Configuration;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>Whether callers must show credentials.</summary>
internal enum AuthenticationMode
{
    /// <summary>They must.</summary>
    Required = 0,

    /// <summary>The open loopback mode: everyone on this machine is <see cref="Caller.Local"/>.</summary>
    Open = 1,

    /// <summary>Neither would be right: the process must not start.</summary>
    Refused = 2,
}

/// <summary>What the configuration means for callers.</summary>
/// <param name="Mode">Whether credentials are asked for.</param>
/// <param name="Fault">For <see cref="AuthenticationMode.Refused"/>: what is wrong and the cure, in one sentence.</param>
internal readonly record struct AuthenticationDecision(AuthenticationMode Mode, string? Fault)
{
    private static readonly AuthenticationDecision Required = new(AuthenticationMode.Required, null);
    private static readonly AuthenticationDecision Open = new(AuthenticationMode.Open, null);

    /// <summary>Decides. Off loopback it takes an explicit word, or a key or an issuer in the file: nothing is ever open there.</summary>
    public static AuthenticationDecision Of(AuthOptions auth, ListenOptions listen)
    {
        var exposed = FirstExposed(listen);
        if (auth.Required == true || (auth.Required is null && (auth.Keys.Count > 0 || auth.Jwt.Count > 0)))
        {
            return Required;
        }

        if (exposed is null)
        {
            return Open;
        }

        return new(
            AuthenticationMode.Refused,
            $"The listener {exposed} can be reached from other machines, and no authentication is configured: make the first admin key with 'keys create --bootstrap' and set Auth:Required to true, or listen on 127.0.0.1 only.");
    }

    private static string? FirstExposed(ListenOptions listen)
    {
        foreach (var address in (ReadOnlySpan<string?>)[listen.Data, listen.Admin, listen.Ops])
        {
            if (!string.IsNullOrEmpty(address) && !IsLoopback(address))
            {
                return address;
            }
        }

        return null;
    }

    private static bool IsLoopback(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && LoopbackNames.IsLoopback(uri.Host);
}
