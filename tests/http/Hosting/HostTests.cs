using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.Silo.Hosting;

namespace ProxyCluster.Tests.Http.Hosting;

/// <summary>The whole product in this process: one host for all tests of the class.</summary>
public sealed class HostTests(HostTests.Host host) : IClassFixture<HostTests.Host>
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/livez")]
    [InlineData("/health/ready")]
    [InlineData("/readyz")]
    [InlineData("/health/startup")]
    public async Task Probe_OnEachListener_IsGood(string path)
    {
        foreach (var listener in new[] { host.Addresses.Data, host.Addresses.Admin, host.Addresses.Ops })
        {
            using var answer = await host.GetAsync(listener!, path);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("/dashboard/")]
    [InlineData("/dashboard/version")]
    [InlineData("/admin/v1/providers")]
    public async Task AdminRoute_OnTheOtherListeners_IsNotThere(string path)
    {
        using var admin = await host.GetAsync(host.Addresses.Admin!, path);
        using var data = await host.GetAsync(host.Addresses.Data!, path);
        using var ops = await host.GetAsync(host.Addresses.Ops!, path);

        Assert.Equal(
            (HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound), (admin.StatusCode, data.StatusCode, ops.StatusCode));
    }

    [Fact]
    public async Task AdminRoute_UnderTheAdminListenersName_IsNotThereOnData()
    {
        using var answer = await host.GetAsync(host.Addresses.Data!, "/admin/v1/providers", host.Addresses.Admin!.Authority);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task Metrics_OnOps_AreThereAndNowhereElse()
    {
        using var ops = await host.GetAsync(host.Addresses.Ops!, "/metrics");
        using var data = await host.GetAsync(host.Addresses.Data!, "/metrics");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (ops.StatusCode, data.StatusCode));
        Assert.Contains("orleans_", await ops.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_OfAnyListener_DoesNotNameItsServer()
    {
        using var answer = await host.GetAsync(host.Addresses.Ops!, "/livez");

        Assert.False(answer.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Dashboard_UnderAForeignName_IsRefused()
    {
        using var answer = await host.GetAsync(host.Addresses.Admin!, "/dashboard/", "evil.example");

        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
    }

    [Fact]
    public async Task UnknownUrl_OnAdmin_IsAProblem()
    {
        using var answer = await host.GetAsync(host.Addresses.Admin!, "/nothing");

        Assert.Equal((HttpStatusCode.NotFound, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
    }

    [Fact]
    public async Task Ready_WhileDraining_SaysSo()
    {
        await using var other = new Host();
        await other.InitializeAsync();
        other.Services.GetRequiredService<DrainState>().Begin();

        using var ready = await other.GetAsync(other.Addresses.Ops!, "/health/ready");
        using var live = await other.GetAsync(other.Addresses.Ops!, "/health/live");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (ready.StatusCode, live.StatusCode));
        using var body = JsonDocument.Parse(await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal("The process is stopping.", body.RootElement.GetProperty("faults").GetProperty("draining").GetString());
    }

    [Fact]
    public void Host_OnTheSameDirectory_IsRefused()
    {
        var fault = Assert.Throws<StartFault>(() => SiloApplication.Create(host.Arguments));

        Assert.Contains("is in use by another process", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Host_OpenToOtherMachines_IsRefused()
    {
        var directory = Directory.CreateTempSubdirectory("proxycluster-open-").FullName;

        var fault = Assert.Throws<StartFault>(() => SiloApplication.Create(
            ["--Listen:Data=http://0.0.0.0:0", $"--Cluster:DataDirectory={directory}", "--Cluster:SiloPort=0", "--Cluster:GatewayPort=0"]));

        Assert.Contains("can be reached from other machines", fault.Message, StringComparison.Ordinal);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Host_WhoseListenersAreAllOff_OpensNone()
    {
        var directory = Directory.CreateTempSubdirectory("proxycluster-deaf-").FullName;
        var file = Path.Combine(directory, "proxycluster.json");
        await File.WriteAllTextAsync(file, """{ "Listen": { "Ops": null } }""", TestContext.Current.CancellationToken);

        await using (var app = SiloApplication.Create(
            ["--config", file, "--role", "silo", $"--Cluster:DataDirectory={directory}", "--Cluster:SiloPort=0", "--Cluster:GatewayPort=0", "--Telemetry:LogLevel=Error"]))
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
            Assert.Empty(app.Urls);
            await app.StopAsync(TestContext.Current.CancellationToken);
        }

        Directory.Delete(directory, recursive: true);
    }

    public sealed class Host : IAsyncLifetime
    {
        private readonly string _directory = Directory.CreateTempSubdirectory("proxycluster-host-").FullName;
        private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        private WebApplication? _app;

        public string[] Arguments =>
        [
            "--Listen:Data=http://127.0.0.1:0", "--Listen:Admin=http://127.0.0.1:0", "--Listen:Ops=http://127.0.0.1:0",
            "--Cluster:SiloPort=0", "--Cluster:GatewayPort=0", $"--Cluster:DataDirectory={_directory}",
            "--Providers:0:Name=sim", "--Providers:0:Type=simulator", "--Telemetry:LogLevel=Error",
        ];

        public IServiceProvider Services => _app!.Services;

        internal ListenerAddresses Addresses => Services.GetRequiredService<ListenerAddresses>();

        public async ValueTask InitializeAsync()
        {
            _app = SiloApplication.Create(Arguments);
            await _app.StartAsync();
        }

        public async Task<HttpResponseMessage> GetAsync(Uri listener, string path, string? hostName = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(listener, path));
            request.Headers.Host = hostName;
            return await _client.SendAsync(request, TestContext.Current.CancellationToken);
        }

        public async ValueTask DisposeAsync()
        {
            if (_app is not null)
            {
                await _app.StopAsync();
                await _app.DisposeAsync();
            }

            _client.Dispose();
            Directory.Delete(_directory, recursive: true);
        }
    }
}
