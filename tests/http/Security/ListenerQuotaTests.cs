using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Security;

/// <summary>Clients that take connections and time without asking for anything.</summary>
public sealed class ListenerQuotaTests
{
    private const int Most = 8;

    [Fact]
    public async Task Listener_ThatIsFull_LeavesOperatorsTheirs()
    {
        await using var silo = await StartAsync();
        var idle = new List<RawHttp>();
        try
        {
            for (var i = 0; i < Most; i++)
            {
                idle.Add(await RawHttp.ConnectAsync(silo.Data));
                await idle[i].SendAsync("GET /health/live HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
                Assert.Equal(200, (await idle[i].ReadResponseAsync())!.Status);
            }

            Assert.True(await IsTurnedAwayAsync(silo.Data));
            using var ops = TestHttp.Client(silo.Ops);
            using var admin = TestHttp.Client(silo.Admin);
            using var live = await ops.GetAsync(new Uri("/health/live", UriKind.Relative), TestContext.Current.CancellationToken);
            using var listed = await admin.GetAsync(new Uri("/admin/v1/providers", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (live.StatusCode, listed.StatusCode));
        }
        finally
        {
            idle.ForEach(client => client.Dispose());
        }

        await Wait.UntilAsync(
            async () =>
            {
                using var next = await RawHttp.ConnectAsync(silo.Data);
                await next.SendAsync("GET /health/live HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n");
                return await next.ReadResponseAsync() is { Status: 200 };
            },
            "a place is free again",
            TimeSpan.FromSeconds(30));
    }

    [Theory]
    [InlineData("data")]
    [InlineData("admin")]
    public async Task Head_ThatNeverEnds_IsGivenUp(string listener)
    {
        await using var silo = await StartAsync();
        using var client = await RawHttp.ConnectAsync(listener == "data" ? silo.Data : silo.Admin);
        await client.SendAsync("GET /health/live HTTP/1.1\r\nhost: 127.0.0.1\r\nx-slow: ");

        var response = await client.ReadResponseAsync(TimeSpan.FromSeconds(60));

        Assert.True(response is null or { Status: 408 }, $"{response?.Status}");
    }

    [Theory]
    [InlineData("/admin/v1/providers", "default-src 'none'; frame-ancestors 'none'")]
    [InlineData("/dashboard/", "frame-ancestors 'none'; object-src 'none'; base-uri 'self'; form-action 'self'")]
    [InlineData("/nothing", "default-src 'none'; frame-ancestors 'none'")]
    public async Task Answers_OfTheAdminListener_TellBrowsersWhatNotToDo(string path, string policy)
    {
        await using var silo = await StartAsync();
        using var admin = TestHttp.Client(silo.Admin);
        using var response = await admin.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(policy, Header("Content-Security-Policy"));
        Assert.Equal(("nosniff", "DENY", "no-referrer"), (Header("X-Content-Type-Options"), Header("X-Frame-Options"), Header("Referrer-Policy")));

        string Header(string name) => string.Join(", ", response.Headers.TryGetValues(name, out var values) ? values : []);
    }

    private static Task<SiloProcess> StartAsync() => SiloProcess.StartAsync(new ProgramOptions
    {
        Config = new JsonObject { ["InputLimits"] = new JsonObject { ["MaxConnections"] = Most } },
    });

    private static async Task<bool> IsTurnedAwayAsync(Uri server)
    {
        try
        {
            using var client = await RawHttp.ConnectAsync(server);
            return await client.ReadToEndAsync() == "";
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            // Closed before it was seen to be open.
            return true;
        }
    }
}
