using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GatewayApi.Usage;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Registers and maps the admin plane.</summary>
internal static class AdminRegistration
{
    /// <summary>
    /// Expects what <c>AddSecurity</c> registers, the adapters, an <c>IProviderProber</c>, an <c>IConfigurationChecker</c>,
    /// an <c>IRoutingSnapshotSource</c> and the gateway's identity.
    /// </summary>
    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddSingleton<AdminGate>();
        services.AddSingleton<ProviderReader>();
        services.AddSingleton<ProviderAdmin>();
        services.AddSingleton<ProviderCheckAdmin>();
        services.AddSingleton<KeyAdmin>();
        services.AddSingleton<ConfigurationAdmin>();
        services.AddSingleton<ClusterAdmin>();
        services.AddSingleton<PoolAdmin>();
        return services;
    }

    /// <summary>Maps the admin plane, behind its gate. For the admin listener only.</summary>
    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/admin/v1").AddEndpointFilter(routes.ServiceProvider.GetRequiredService<AdminGate>());
        MapProviders(admin);
        admin.MapGet("/keys", (HttpContext context, KeyAdmin keys) => keys.ListAsync(context));
        admin.MapPost("/keys", (HttpContext context, KeyAdmin keys) => keys.CreateAsync(context));
        admin.MapGet("/keys/{publicId}", (HttpContext context, string publicId, KeyAdmin keys) => keys.GetAsync(context, publicId));
        admin.MapDelete("/keys/{publicId}", (HttpContext context, string publicId, KeyAdmin keys) => keys.RevokeAsync(context, publicId));
        admin.MapPost("/limits/{subject}/unblock", (HttpContext context, string subject, ClusterAdmin cluster) => cluster.UnblockAsync(context, subject));
        admin.MapGet("/usage", (HttpContext context, UsageAdmin usage) => usage.GetAsync(context)).Requires(Permission.UsageRead);
        admin.MapGet("/pools", (HttpContext context, PoolAdmin pools) => pools.List(context));
        admin.MapGet("/config", (HttpContext context, ConfigurationAdmin configuration) => configuration.GetAsync(context));
        admin.MapPost("/config/check", (HttpContext context, ConfigurationAdmin configuration) => configuration.CheckAsync(context));
        admin.MapGet("/cluster", (HttpContext context, ClusterAdmin cluster) => cluster.GetAsync(context));
        return admin;
    }

    private static void MapProviders(RouteGroupBuilder admin)
    {
        admin.MapGet("/provider-types", (ProviderCheckAdmin checks) => checks.Types());
        admin.MapGet("/providers", (HttpContext context, ProviderAdmin providers) => providers.ListAsync(context));
        admin.MapPost("/providers", (HttpContext context, ProviderAdmin providers) => providers.CreateAsync(context));

        var one = admin.MapGroup("/providers/{name}");
        one.MapGet("", (HttpContext context, string name, ProviderAdmin providers) => providers.GetAsync(context, name));
        one.MapPut("", (HttpContext context, string name, ProviderAdmin providers) => providers.ReplaceAsync(context, name));
        one.MapPatch("", (HttpContext context, string name, ProviderAdmin providers) => providers.PatchAsync(context, name));
        one.MapDelete("", (HttpContext context, string name, ProviderAdmin providers) => providers.DeleteAsync(context, name));
        one.MapGet("/models", (HttpContext context, string name, ProviderAdmin providers) => providers.ModelsAsync(context, name));
        one.MapGet("/pool", (HttpContext context, string name, PoolAdmin pools) => pools.OfProviderAsync(context, name));
        one.MapPost("/drain", (HttpContext context, string name, ProviderAdmin providers) => providers.DrainAsync(context, name));
        one.MapPost("/check", (HttpContext context, string name, ProviderCheckAdmin checks) => checks.CheckAsync(context, name));
    }
}
