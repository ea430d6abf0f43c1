using ProxyCluster.Core.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>The users of a team. A user belongs to one team at most: put into another one, it leaves the first.</summary>
internal sealed class MemberAdmin(SubjectAdmin subjects)
{
    /// <summary><c>GET teams/{id}/members</c>.</summary>
    public async Task<IResult> ListAsync(HttpContext context, string team) =>
        await subjects.FindAsync(context, SubjectKind.Team, team) is null
            ? SubjectAdmin.NoSuch(SubjectKind.Team, team)
            : await subjects.ListAsync(context, SubjectKind.User, team);

    /// <summary><c>PUT teams/{id}/members/{user}</c>, with the user's version.</summary>
    public async Task<IResult> AddAsync(HttpContext context, string team, string user) =>
        await subjects.FindAsync(context, SubjectKind.Team, team) is null
            ? SubjectAdmin.NoSuch(SubjectKind.Team, team)
            : await subjects.ChangeAsync(context, SubjectKind.User, user, current => (current with { Team = team }, null));

    /// <summary><c>DELETE teams/{id}/members/{user}</c>, with the user's version.</summary>
    public async Task<IResult> RemoveAsync(HttpContext context, string team, string user) =>
        await subjects.FindAsync(context, SubjectKind.User, user) is { } member && member.Record.Team == team
            ? await subjects.ChangeAsync(context, SubjectKind.User, user, current => (current with { Team = null }, null))
            : Problem.NotFound($"member '{user}' of the team '{team}'");
}
