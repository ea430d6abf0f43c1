using Microsoft.Extensions.DependencyInjection.Extensions;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Health;
using ProxyCluster.GatewayApi.Hosting.Tls;
using ProxyCluster.GatewayApi.Telemetry;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>What every process of ours has, whatever its role.</summary>
internal static class HostSetup
{
    /// <summary>A builder with listeners, logs, telemetry, configuration, health and drain.</summary>
    /// <param name="configuration">What the process starts with.</param>
    /// <param name="service">The program's name in telemetry.</param>
    /// <param name="listen">The listeners to open: those of the configuration that the role has.</param>
    public static WebApplicationBuilder CreateBuilder(ConfigurationStart configuration, string service, ListenOptions listen)
    {
        var options = configuration.Options;

        // The empty builder reads no ASPNETCORE_ variables and no appsettings.json: there is one configuration, ours.
        var builder = WebApplication.CreateEmptyBuilder(new()
        {
            ApplicationName = service,
            EnvironmentName = Environments.Production,
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Configuration.AddOpenTelemetryVariables();
        builder.Logging.AddLogs(options.Telemetry);
        builder.AddListeners(listen, options.InputLimits);
        var services = builder.Services;
        services.AddRouting();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<DrainState>();
        services.AddSingleton<StartupState>();
        services.AddSingleton<LateFault>();
        services.AddSingleton<RestartRequest>();
        services.AddSingleton<DrainCoordinator>();
        services.AddHostedService(provider => provider.GetRequiredService<DrainCoordinator>());
        services.AddConfiguration(configuration);
        services.AddHostedService<StartLine>();
        services.AddHostedService<CertificateRefresh>();
        services.AddTelemetry(options, service);
        services.Replace(ServiceDescriptor.Singleton<IHostLifetime, NoSignals>());
        services.Configure<HostOptions>(host =>
            host.ShutdownTimeout = TimeSpan.FromSeconds(options.Listen.DrainSeconds + 30));
        return builder;
    }
}
