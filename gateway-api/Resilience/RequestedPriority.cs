using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Errors;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Resilience;

/// <summary>The header <c>x-proxy-priority</c>: a caller may lower its requests' priority, and only with a permission raise it above its key's.</summary>
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
    public static Refusal? Refuse(Exchange exchange, Caller caller, PermissionGate permissions) => exchange.WantedPriority > caller.Priority
        ? permissions.CheckUse(
            exchange.Context, caller, Permission.PriorityRaise, $"The header '{Header}' with more than the API key's own priority, which is '{PriorityNames.Of(caller.Priority)}',")
        : null;
}
