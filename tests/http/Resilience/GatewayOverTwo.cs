using System.Text.Json.Nodes;
using ProxyCluster.Tests.Support.Clients;
using ProxyCluster.Tests.Support.Processes;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.Resilience;

/// <summary>The product as one process before two scripted upstreams.</summary>
public abstract class GatewayOverTwo : IAsyncLifetime
{
    public ScriptedUpstream First { get; private set; } = null!;

    public ScriptedUpstream Second { get; private set; } = null!;

    public SiloProcess Gateway { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public HttpClient Ops { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        First = await ScriptedUpstream.StartAsync();
        Second = await ScriptedUpstream.StartAsync();
        Gateway = await SiloProcess.StartAsync(new ProgramOptions { Config = Config() });
        Client = TestHttp.Client(Gateway.Data);
        Ops = TestHttp.Client(Gateway.Ops);
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        Ops?.Dispose();
        if (Gateway is not null)
        {
            TestContext.Current.SendDiagnosticMessage(Gateway.Process.Output);
            await Gateway.DisposeAsync();
        }

        await First.DisposeAsync();
        await Second.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What the process is started with; the upstreams listen by then.</summary>
    private protected abstract JsonObject Config();

    private protected static JsonObject InOrder(params string[] models) => new()
    {
        ["Strategy"] = "priority",
        ["Models"] = new JsonArray([.. models.Select(model => JsonValue.Create(model))]),
    };
}
