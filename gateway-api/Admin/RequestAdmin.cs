using ProxyCluster.GatewayApi.Requests;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>What happened to requests lately. Every gateway remembers its own, and tells only of them.</summary>
internal sealed class RequestAdmin(RecentRequests recent, RecentRequestWriter writer, GatewayIdentity identity)
{
    /// <summary><c>GET requests/{id}</c>: all of the id, newest first. Another team's is as good as none.</summary>
    public IResult Get(HttpContext context, string id)
    {
        var found = recent.Find(id, KeyScope.Of(context).Team);
        return found.Count == 0
            ? Problem.NotFound($"request '{id}' that gateway {identity.Name} remembers: each gateway knows only what it has served itself, and not for long")
            : AdminJson.Answer(json =>
            {
                json.WriteStartObject();
                json.WriteString("gateway"u8, identity.Name);
                json.WriteStartArray("data"u8);
                foreach (var request in found)
                {
                    writer.Write(json, request);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
    }
}
