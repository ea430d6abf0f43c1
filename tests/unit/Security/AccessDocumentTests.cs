using System.Text.RegularExpressions;
using ProxyCluster.Core.Security;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>Holds <c>docs/access.md</c> to the roles in the code. Its routes are held to the endpoints where those are.</summary>
public sealed partial class AccessDocumentTests
{
    [Fact]
    public void Roles_InTheDocument_AreThoseInTheCode()
    {
        var document = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "access.md"));
        foreach (var role in RoleTable.BuiltIn.Names)
        {
            var line = Assert.Single(document.Split('\n'), line => line.StartsWith($"| `{role}` | `", StringComparison.Ordinal));
            var told = Name().Matches(line).Skip(1).Select(static match => match.Groups[1].Value).ToList();

            Assert.Equal(RoleTable.BuiltIn.Allow([role], []), RoleTable.BuiltIn.Allow([], told));
            Assert.All(told, static name => Assert.Contains(name, Permissions.Names));
        }
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Name();
}
