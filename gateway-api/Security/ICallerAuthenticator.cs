using ProxyCluster.GatewayApi.Errors;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>Finds out who sends a request. Implemented by <see cref="CallerAuthenticator"/>, by what stands before it, and by tests.</summary>
internal interface ICallerAuthenticator
{
    /// <summary>Reads the credentials of a request. Completes synchronously save for a key that is not known yet.</summary>
    ValueTask<Authentication> AuthenticateAsync(HttpContext context);
}

/// <summary>Either a caller or the reason why not.</summary>
/// <param name="Caller">Who it is; <see langword="null"/>: refused.</param>
/// <param name="Refusal">Why not; <see langword="null"/>: authenticated.</param>
internal readonly record struct Authentication(Caller? Caller, Refusal? Refusal)
{
    public static implicit operator Authentication(Caller caller) => new(caller, null);

    public static implicit operator Authentication(Refusal refusal) => new(null, refusal);
}
