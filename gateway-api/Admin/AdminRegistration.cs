using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Audit;
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
        services.AddSingleton<ProviderKeyReader>();
        services.AddSingleton<ProviderHeaderReader>();
        services.AddSingleton<ProviderReader>();
        services.AddSingleton<ProviderAdmin>();
        services.AddSingleton<ProviderCheckAdmin>();
        services.AddSingleton<KeyFields>();
        services.AddSingleton<KeyAdmin>();
        services.AddSingleton<KeyLines>();
        services.AddSingleton<MeasureGuard>();
        services.AddSingleton<OwnedKeys>();
        services.AddSingleton<SubjectAdmin>();
        services.AddSingleton<MemberAdmin>();
        services.AddSingleton<ConfigurationAdmin>();
        services.AddSingleton<ClusterAdmin>();
        services.AddSingleton<SubjectOwners>();
        services.AddSingleton<LimitAdmin>();
        services.AddSingleton<PoolAdmin>();
        services.AddSingleton<SystemAdmin>();
        services.AddSingleton<AuditAdmin>();
        services.AddSingleton<SecurityAdmin>();
        services.AddSingleton<RoutingAdmin>();
        services.AddSingleton<RequestAdmin>();
        services.AddSingleton<UsageAdmin>();
        return services;
    }

    /// <summary>Maps the admin plane, behind its gate. For the admin listener only.</summary>
    public static RouteGroupBuilder MapAdmin(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("/admin/v1").AddEndpointFilter(routes.ServiceProvider.GetRequiredService<AdminGate>());
        admin.AddEndpointFilter(static (context, next) => context.HttpContext.RequestServices.GetRequiredService<AuditFilter>().InvokeAsync(context, next));
        MapProviders(admin);
        admin.MapKeys();
        // Names of models have slashes, which nobody may escape here: such a subject stands at the end of a path.
        admin.MapGet("/limits/{**subject}", (HttpContext context, LimitAdmin limits, string subject = "") => limits.GetAsync(context, subject)).Requires(Permission.LimitsRead, EndpointScope.Team);
        admin.MapPost("/limits/{subject}/unblock", (HttpContext context, string subject, LimitAdmin limits) => limits.UnblockAsync(context, subject)).Requires(Permission.LimitsWrite, EndpointScope.Team);
        admin.MapPost("/limits/unblock/{**subject}", (HttpContext context, LimitAdmin limits, string subject = "") => limits.UnblockAsync(context, subject)).Requires(Permission.LimitsWrite, EndpointScope.Team);
        admin.MapGet("/usage", (HttpContext context, UsageAdmin usage) => usage.GetAsync(context)).Requires(Permission.UsageRead, EndpointScope.Team);
        admin.MapGet("/pools", (HttpContext context, PoolAdmin pools) => pools.List(context)).Requires(Permission.ProvidersRead, EndpointScope.Shared);
        admin.MapGet("/config", (HttpContext context, ConfigurationAdmin configuration) => configuration.GetAsync(context)).Requires(Permission.SystemRead, EndpointScope.Cluster);
        // It tells which secrets the process can read.
        admin.MapPost("/config/check", (HttpContext context, ConfigurationAdmin configuration) => configuration.CheckAsync(context)).WithMetadata(new ChangesNothing()).Requires(Permission.ProvidersConfigure, EndpointScope.Cluster);
        admin.MapGet("/cluster", (HttpContext context, ClusterAdmin cluster) => cluster.GetAsync(context)).Requires(Permission.SystemRead, EndpointScope.Shared);
        admin.MapGet("/routing", (HttpContext context, RoutingAdmin routing) => routing.Get(context)).Requires(Permission.ProvidersRead, EndpointScope.Team);
        admin.MapPut("/routing", (HttpContext context, RoutingAdmin routing) => routing.Replace(context)).Requires(Permission.ProvidersConfigure, EndpointScope.Cluster);
        admin.MapGet("/requests/{id}", (HttpContext context, string id, RequestAdmin requests) => requests.Get(context, id)).Requires(Permission.SystemRead, EndpointScope.Team);
        MapAudit(admin);
        return admin;
    }

    private static void MapAudit(RouteGroupBuilder admin)
    {
        admin.MapPost("/system/restart", (HttpContext context, SystemAdmin system) => system.Restart(context)).Requires(Permission.SystemRestart, EndpointScope.Cluster);
        admin.MapGet("/security/events", (HttpContext context, SecurityAdmin security) => security.EventsAsync(context)).Requires(Permission.SecurityRead, EndpointScope.Cluster);
        admin.MapGet("/security/report", (HttpContext context, SecurityAdmin security) => security.ReportAsync(context)).Requires(Permission.SecurityRead, EndpointScope.Cluster);
        admin.MapGet("/audit", (HttpContext context, AuditAdmin audit) => audit.ListAsync(context)).Requires(Permission.SecurityRead, EndpointScope.Cluster);
        admin.MapGet("/audit/export", (HttpContext context, AuditAdmin audit) => audit.ExportAsync(context)).Requires(Permission.SecurityRead, EndpointScope.Cluster);
    }

    private static void MapProviders(RouteGroupBuilder admin)
    {
        admin.MapGet("/provider-types", (ProviderCheckAdmin checks) => checks.Types()).Requires(Permission.ProvidersRead, EndpointScope.Shared);
        admin.MapGet("/providers", (HttpContext context, ProviderAdmin providers) => providers.ListAsync(context)).Requires(Permission.ProvidersRead, EndpointScope.Shared);
        admin.MapPost("/providers", (HttpContext context, ProviderAdmin providers) => providers.CreateAsync(context)).Requires(Permission.ProvidersConfigure, EndpointScope.Cluster);

        var one = admin.MapGroup("/providers/{name}");
        one.MapGet("", (HttpContext context, string name, ProviderAdmin providers) => providers.GetAsync(context, name)).Requires(Permission.ProvidersRead, EndpointScope.Shared);
        one.MapPut("", (HttpContext context, string name, ProviderAdmin providers) => providers.ReplaceAsync(context, name)).Requires(Permission.ProvidersConfigure, EndpointScope.Cluster);
        one.MapPatch("", (HttpContext context, string name, ProviderAdmin providers) => providers.PatchAsync(context, name)).Requires(Permission.ProvidersConfigure, EndpointScope.Cluster);
        one.MapDelete("", (HttpContext context, string name, ProviderAdmin providers) => providers.DeleteAsync(context, name)).Requires(Permission.ProvidersConfigure, EndpointScope.Cluster);
        one.MapGet("/models", (HttpContext context, string name, ProviderAdmin providers) => providers.ModelsAsync(context, name)).Requires(Permission.ProvidersRead, EndpointScope.Shared);
        one.MapPut("/models", (HttpContext context, string name, ProviderAdmin providers) => providers.ReplaceModelsAsync(context, name)).Requires(Permission.ModelsWrite, EndpointScope.Cluster);
        one.MapGet("/pool", (HttpContext context, string name, PoolAdmin pools) => pools.OfProviderAsync(context, name)).Requires(Permission.ProvidersRead, EndpointScope.Shared);
        one.MapPost("/drain", (HttpContext context, string name, ProviderAdmin providers) => providers.DrainAsync(context, name)).Requires(Permission.ProvidersConfigure, EndpointScope.Cluster);
        one.MapPost("/check", (HttpContext context, string name, ProviderCheckAdmin checks) => checks.CheckAsync(context, name)).WithMetadata(new ChangesNothing()).Requires(Permission.ProvidersConfigure, EndpointScope.Cluster);
    }
}
