using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Gateway;

/// <summary>A gateway over one scripted upstream for all tests of a class: its start costs more than what most of them do.</summary>
public abstract class GatewayOverOne : IAsyncLifetime
{
    public ScriptedUpstream Upstream { get; private set; } = null!;

    public SiloProcess Silo { get; private set; } = null!;

    public HttpClient Data { get; private set; } = null!;

    public HttpClient Admin { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Upstream = await ScriptedUpstream.StartAsync();
        Silo = await SiloProcess.StartAsync(new ProgramOptions { Config = Config() });
        Data = TestHttp.Client(Silo.Data);
        Admin = TestHttp.Client(Silo.Admin);
    }

    public async ValueTask DisposeAsync()
    {
        Data?.Dispose();
        Admin?.Dispose();
        if (Silo is not null)
        {
            TestContext.Current.SendDiagnosticMessage(Silo.Process.Output);
            await Silo.DisposeAsync();
        }

        await Upstream.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract JsonObject Config();
}
