using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class RoleTableTests
{
    [Fact]
    public void Roles_WithoutConfiguration_AreThoseOfTheSpecification()
    {
        var roles = RoleTable.Of(new AuthOptions());

        Assert.Equal(Permission.All, roles.Allow(["admin"], []));
        Assert.Equal(Permission.Inference | Permission.ModelsRead, roles.Allow(["user"], []));
        Assert.True(roles.Allow(["editor"], []).HasFlag(Permission.ModelsWrite));

        // Models write: admin or editor. Providers configure, system restart: admin.
        Assert.False(roles.Allow(["viewer", "user"], []).HasFlag(Permission.ModelsWrite));
        Assert.Equal(Permission.None, roles.Allow(["editor", "viewer", "user"], []) & (Permission.ProvidersConfigure | Permission.SystemRestart | Permission.KeysWrite | Permission.RoutingDirect));

        // Who only looks asks no model and sees nobody's keys.
        Assert.Equal(Permission.None, roles.Allow(["viewer"], []) & (Permission.Inference | Permission.KeysRead | Permission.SecurityRead));
    }

    [Fact]
    public void Names_ThatAreNotKnown_AllowNothing() =>
        Assert.Equal(Permission.None, RoleTable.BuiltIn.Allow(["Admin", "admin ", "root", ""], ["Inference", "everything", ""]));

    [Fact]
    public void Roles_OfTheFile_AreAddedAndReplaceTheBuiltIn()
    {
        var auth = new AuthOptions();
        auth.Roles["auditor"] = RoleOf("security.read", "usage.read");
        auth.Roles["user"] = RoleOf("inference");

        var roles = RoleTable.Of(auth);

        Assert.Equal(Permission.SecurityRead | Permission.UsageRead, roles.Allow(["auditor"], []));
        Assert.Equal(Permission.Inference, roles.Allow(["user"], []));
        Assert.Equal(Permission.Inference | Permission.KeysRead, roles.Allow(["user"], ["keys.read"]));
        Assert.Equal(Permission.All, roles.Allow(["admin"], []));
    }

    private static RoleOptions RoleOf(params string[] permissions)
    {
        var role = new RoleOptions();
        foreach (var permission in permissions)
        {
            role.Permissions.Add(permission);
        }

        return role;
    }
}
