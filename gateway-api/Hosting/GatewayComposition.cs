using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Audit;
using ProxyCluster.GatewayApi.Budgets;
using ProxyCluster.GatewayApi.Circuits;
using ProxyCluster.GatewayApi.ConnectionPools;
using ProxyCluster.GatewayApi.Extensions;
using ProxyCluster.GatewayApi.Health;
using ProxyCluster.GatewayApi.Hooks;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Providers.Anthropic;
using ProxyCluster.GatewayApi.Providers.Bedrock;
using ProxyCluster.GatewayApi.Providers.Cohere;
using ProxyCluster.GatewayApi.Providers.Custom;
using ProxyCluster.GatewayApi.Providers.Gemini;
using ProxyCluster.GatewayApi.Providers.Ollama;
using ProxyCluster.GatewayApi.Providers.OwnCode;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Secrets;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GatewayApi.Telemetry;

namespace ProxyCluster.GatewayApi.Hosting;

/// <summary>Puts the gateway's slices together: what is registered, and what answers on which listener.</summary>
internal static class GatewayComposition
{
    /// <param name="services">Takes the gateway.</param>
    /// <param name="options">What it starts with.</param>
    /// <param name="extensions">What the operator's own code adds to it.</param>
    /// <exception cref="StartFault">The process would be open to other machines.</exception>
    public static IServiceCollection AddGateway(this IServiceCollection services, ProxyClusterOptions options, LoadedExtensions extensions)
    {
        if (StartChecks.Fault(options) is { } fault)
        {
            throw new StartFault(fault);
        }

        services.AddSingleton<GatewayIdentity>();
        services.AddRoutingFeed();
        services.AddSecurity();
        services.AddSecrets();
        services.AddAudit();
        services.AddHostedService<UnreadableRequests>();
        services.AddRateLimiting();
        services.AddBudgets();
        services.AddProviders();
        services.AddProbes();
        services.AddConnectionPools();
        services.AddHooks();
        services.AddAdmin();
        services.AddAnthropic();
        services.AddCohere();
        services.AddOllama();
        services.AddCustomProviders();
        services.AddOwnCode(extensions);
        services.AddGemini();
        services.AddBedrock();
        services.AddCors();
        services.AddDataPlane();
        return services;
    }

    public static void UseGateway(this WebApplication app)
    {
        var listen = app.Services.GetRequiredService<IOptionsMonitor<ProxyClusterOptions>>().CurrentValue.Listen;
        app.UseForwardedAddress(listen);
        app.MapListener(Listener.Data, data =>
        {
            data.UseOriginFormOnly();
            data.UseListedHosts(listen.AllowedHosts);
            data.UseAllowedOrigins(listen.AllowedOrigins);
            data.UseDataPlane(others => others.UseRouting().UseEndpoints(routes => routes.MapHealth()));
        });
        app.MapListener(Listener.Admin, admin =>
        {
            admin.UseAdminHeaders();
            admin.UsePlainPathsOnly();
            admin.UseOneFramingOnly();
            admin.UseListedHosts(listen.AllowedHosts);
            admin.UseDashboard();
            admin.UseRouting().UseEndpoints(routes =>
            {
                routes.MapHealth();
                routes.MapAdmin();
            });
            admin.Run(UnknownAdminUrl.AnswerAsync);
        });
        app.UseOps();
    }

    /// <summary>Health and metrics: all that a process without a gateway answers.</summary>
    public static void UseOps(this WebApplication app) =>
        app.MapListener(Listener.Ops, ops => ops.UseRouting().UseEndpoints(routes =>
        {
            routes.MapHealth();
            routes.MapMetrics();
        }));
}
