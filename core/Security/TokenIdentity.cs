using System.Collections.Immutable;
using ProxyCluster.Core.RateLimiting;

namespace ProxyCluster.Core.Security;

/// <summary>Whom a token stands for, by its claims (SPEC section 7).</summary>
/// <param name="User">The user's id in this cluster: see <see cref="SubjectId"/>.</param>
/// <param name="Team">The id of the user's team; <see langword="null"/>: none.</param>
/// <param name="Roles">Names of roles that there are.</param>
/// <param name="Permissions">What roles and claims allow together.</param>
/// <param name="Limits">The limits that the token itself has; <see langword="null"/>: the token says nothing of them.</param>
public sealed record TokenIdentity(
    string User, string? Team, ImmutableArray<string> Roles, Permission Permissions, LimitSet? Limits);
