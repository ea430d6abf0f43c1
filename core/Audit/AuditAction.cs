namespace ProxyCluster.Core.Audit;

/// <summary>Names of admin actions, from the routes they are called by: a new route has a name of itself.</summary>
public static class AuditAction
{
    private const string Root = "/admin/v1/";

    /// <summary>The name of a call.</summary>
    /// <param name="method">The HTTP method.</param>
    /// <param name="route">The route's template, for example <c>/admin/v1/providers/{name}/drain</c>.</param>
    /// <returns>For example <c>providers.drain</c>, <c>keys.create</c>, <c>system.restart</c>.</returns>
    public static string NameOf(string method, string route)
    {
        ArgumentNullException.ThrowIfNull(route);
        var path = route.StartsWith(Root, StringComparison.Ordinal) ? route[Root.Length..] : route;
        var words = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part[0] != '{').ToList();
        var verb = method switch
        {
            "GET" or "HEAD" => "read",
            "PUT" => "replace",
            "PATCH" => "update",
            "DELETE" => "delete",
            _ => words.Count > 1 ? null : "create",
        };
        if (verb is not null)
        {
            words.Add(verb);
        }

        return string.Join('.', words);
    }
}
