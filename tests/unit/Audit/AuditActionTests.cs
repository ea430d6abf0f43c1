using ProxyCluster.Core.Audit;

namespace ProxyCluster.Tests.Unit.Audit;

public sealed class AuditActionTests
{
    [Theory]
    [InlineData("POST", "/admin/v1/providers", "providers.create")]
    [InlineData("PUT", "/admin/v1/providers/{name}", "providers.replace")]
    [InlineData("PATCH", "/admin/v1/providers/{name}", "providers.update")]
    [InlineData("DELETE", "/admin/v1/keys/{publicId}", "keys.delete")]
    [InlineData("POST", "/admin/v1/providers/{name}/drain", "providers.drain")]
    [InlineData("POST", "/admin/v1/limits/{subject}/unblock", "limits.unblock")]
    [InlineData("POST", "/admin/v1/system/restart", "system.restart")]
    [InlineData("GET", "/admin/v1/security/events", "security.events.read")]
    public void Route_HasItsName(string method, string route, string name) => Assert.Equal(name, AuditAction.NameOf(method, route));
}
