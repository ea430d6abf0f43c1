namespace ProxyCluster.Tests.Support.Processes;

/// <summary>The program <c>gateway-api</c>: a front end of a cluster that its configuration's <c>Cluster:Redis</c> names.</summary>
public sealed class GatewayProcess : ProgramUnderTest
{
    private GatewayProcess(ProgramOptions options)
        : base(options)
    {
    }

    private protected override string Assembly => RepositoryPaths.Gateway;

    public static async Task<GatewayProcess> StartAsync(ProgramOptions options)
    {
        var gateway = new GatewayProcess(options);
        await gateway.BeginAsync();
        return gateway;
    }
}
