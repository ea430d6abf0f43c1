using ProxyCluster.Core.Resilience;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>The header <c>x-proxy-priority</c>: a caller may lower its requests' priority, but not raise it above its key's.</summary>
internal static class RequestedPriority
{
    private const string Header = "x-proxy-priority";

    /// <summary>Reads the header.</summary>
    /// <param name="headers">The request's.</param>
    /// <param name="wanted">What it says; <see langword="null"/>: it is not there.</param>
    /// <returns>Why it is not understood.</returns>
    public static Refusal? Read(IHeaderDictionary headers, out RequestPriority? wanted)
    {
        var values = headers[Header];
        wanted = values.Count == 0 ? null : PriorityNames.Read(values.ToString());
        return values.Count > 0 && wanted is null
            ? Refusals.InvalidValue(Header, $"The header '{Header}' must be 'batch', 'normal', 'high' or 'critical'.")
            : null;
    }

    /// <summary>Why the caller may not have what it asks for; <see langword="null"/>: it may.</summary>
    public static Refusal? Refuse(RequestPriority? wanted, Caller caller) => wanted > caller.Priority && !caller.IsAdmin
        ? Refusals.Forbidden($"The header '{Header}' asks for more than the API key's own priority, which is '{PriorityNames.Of(caller.Priority)}'.")
        : null;
}
