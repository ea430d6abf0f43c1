using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Maps keys, users and teams.</summary>
internal static class KeyRoutes
{
    /// <summary>Maps them into the admin plane's group.</summary>
    public static void MapKeys(this RouteGroupBuilder admin)
    {
        admin.MapGet("/keys", (HttpContext context, KeyAdmin keys) => keys.ListAsync(context)).Requires(Permission.KeysRead, EndpointScope.Team);
        admin.MapPost("/keys", (HttpContext context, KeyAdmin keys) => keys.CreateAsync(context)).Requires(Permission.KeysWrite, EndpointScope.Team);
        admin.MapGet("/keys/{publicId}", (HttpContext context, string publicId, KeyAdmin keys) => keys.GetAsync(context, publicId)).Requires(Permission.KeysRead, EndpointScope.Team);
        admin.MapPatch("/keys/{publicId}", (HttpContext context, string publicId, KeyAdmin keys) => keys.PatchAsync(context, publicId)).Requires(Permission.KeysWrite, EndpointScope.Team);
        admin.MapDelete("/keys/{publicId}", (HttpContext context, string publicId, KeyAdmin keys) => keys.RevokeAsync(context, publicId)).Requires(Permission.KeysWrite, EndpointScope.Team);
        admin.MapPost("/keys/{publicId}/rotate", (HttpContext context, string publicId, KeyAdmin keys) => keys.RotateAsync(context, publicId)).Requires(Permission.KeysWrite, EndpointScope.Team);

        MapSubjects(admin, "/users", SubjectKind.User);
        MapSubjects(admin, "/teams", SubjectKind.Team);
        var members = admin.MapGroup("/teams/{id}/members");
        members.MapGet("", (HttpContext context, string id, MemberAdmin team) => team.ListAsync(context, id)).Requires(Permission.KeysRead, EndpointScope.Team);
        members.MapPut("/{user}", (HttpContext context, string id, string user, MemberAdmin team) => team.AddAsync(context, id, user)).Requires(Permission.KeysWrite, EndpointScope.Team);
        members.MapDelete("/{user}", (HttpContext context, string id, string user, MemberAdmin team) => team.RemoveAsync(context, id, user)).Requires(Permission.KeysWrite, EndpointScope.Team);
    }

    private static void MapSubjects(RouteGroupBuilder admin, string path, SubjectKind kind)
    {
        admin.MapGet(path, (HttpContext context, SubjectAdmin subjects) => subjects.ListAsync(context, kind, context.Request.Query["team"].FirstOrDefault())).Requires(Permission.KeysRead, EndpointScope.Team);
        admin.MapPost(path, (HttpContext context, SubjectAdmin subjects) => subjects.CreateAsync(context, kind)).Requires(Permission.KeysWrite, EndpointScope.Team);
        var one = admin.MapGroup(path + "/{id}");
        one.MapGet("", (HttpContext context, string id, SubjectAdmin subjects) => subjects.GetAsync(context, kind, id)).Requires(Permission.KeysRead, EndpointScope.Team);
        one.MapPatch("", (HttpContext context, string id, SubjectAdmin subjects) => subjects.PatchAsync(context, kind, id)).Requires(Permission.KeysWrite, EndpointScope.Team);
        one.MapDelete("", (HttpContext context, string id, SubjectAdmin subjects) => subjects.DeleteAsync(context, kind, id)).Requires(Permission.KeysWrite, EndpointScope.Team);
    }
}
