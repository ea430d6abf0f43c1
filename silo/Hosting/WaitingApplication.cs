using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Health;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.Silo.Clustering;

namespace ProxyCluster.Silo.Hosting;

/// <summary>What a silo is until its Redis answers: alive, not ready, and able to be stopped.</summary>
internal static class WaitingApplication
{
    /// <summary>Builds the host. It ends itself when Redis answers.</summary>
    public static WebApplication Create(ConfigurationStart configuration, string redis)
    {
        var listen = new ListenOptions { Data = "", Admin = null, Ops = configuration.Options.Listen.Ops };
        var builder = HostSetup.CreateBuilder(configuration, "proxycluster-silo", listen);
        builder.Services.AddSingleton(new StartNotes("silo, which waits for its Redis", []));
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<RedisWait>(provider, redis));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<RedisWait>());

        // Never ready, not even when Redis answers: until this host has ended there is no silo.
        builder.Services.AddSingleton(provider => new ReadinessPart("redis", () => provider.GetRequiredService<RedisWait>().Fault ?? "Redis answers: the silo starts."));
        var app = builder.Build();
        app.UseOps();
        return app;
    }
}
