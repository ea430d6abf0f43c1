using System.Text.Json.Nodes;

namespace ProxyCluster.Tests.Support.Processes;

/// <summary>The program <c>silo</c>: the whole product in one process, or one silo of a cluster, by its configuration's <c>Role</c>.</summary>
public sealed class SiloProcess : ProgramUnderTest
{
    private SiloProcess(ProgramOptions options)
        : base(options)
    {
    }

    public int SiloPort { get; } = FreePorts.Next();

    public int GatewayPort { get; } = FreePorts.Next();

    private protected override string Assembly => RepositoryPaths.Silo;

    public static async Task<SiloProcess> StartAsync(ProgramOptions? options = null)
    {
        var silo = new SiloProcess(options ?? new());
        await silo.BeginAsync();
        return silo;
    }

    private protected override void Configure(JsonObject config)
    {
        config["Cluster"]![nameof(SiloPort)] ??= SiloPort;
        config["Cluster"]![nameof(GatewayPort)] ??= GatewayPort;
    }
}
