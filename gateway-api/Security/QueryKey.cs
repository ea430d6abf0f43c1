using Microsoft.Extensions.Primitives;

namespace ProxyCluster.GatewayApi.Security;

/// <summary>A key in the query of an address, where it does not belong.</summary>
internal static class QueryKey
{
    private const string Name = "api_key";

    /// <summary>Takes the key out of a request's address, so that nothing after this sees, logs or sends it.</summary>
    /// <param name="request">The request.</param>
    /// <returns>What stood there, once or more; empty: nothing.</returns>
    public static StringValues Take(HttpRequest request)
    {
        if (!request.QueryString.HasValue || !request.Query.TryGetValue(Name, out var keys))
        {
            return StringValues.Empty;
        }

        var others = request.Query.Where(static pair => !pair.Key.Equals(Name, StringComparison.OrdinalIgnoreCase)).ToList();
        request.QueryString = QueryString.Create(others);
        return keys.Count == 0 ? new StringValues("") : keys;
    }
}
