using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Secrets;
using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Bench.Micro.Keys;

/// <summary>The security of a gateway, as the product registers it, over a cluster that the bench brings.</summary>
internal static class Gateway
{
    private const string PepperVariable = "PC_BENCH_PEPPER";

    public static ServiceProvider Build(IGrainFactory grains, string pepper, string directory)
    {
        Environment.SetEnvironmentVariable(PepperVariable, pepper);
        var options = new ProxyClusterOptions();
        options.Auth.Required = true;
        options.Auth.Pepper = $"${{{PepperVariable}}}";
        options.Cluster.DataDirectory = directory;
        var configuration = new ConfigurationInForce(options);
        var services = new ServiceCollection();
        services.AddSingleton<IOptionsMonitor<ProxyClusterOptions>>(configuration);
        services.AddSingleton<KekSource>();
        services.AddSingleton<DiskSeal>();
        services.AddSingleton<ISecretResolver>(new SecretResolver(configuration, new KekSource(configuration)));
        services.AddSingleton(grains);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<GatewayIdentity>();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Error));
        services.AddSecurity();
        services.AddSingleton(new SecurityEvents(TimeProvider.System));
        services.AddSingleton<IJwksSource, NoIssuers>();
        return services.BuildServiceProvider();
    }
}
