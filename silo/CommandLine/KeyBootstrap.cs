using Microsoft.Extensions.Options;
using ProxyCluster.Core.Audit;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Audit;

namespace ProxyCluster.Silo.CommandLine;

/// <summary>Makes a key where nobody can ask for one yet, straight in the store, and records it as an action.</summary>
internal static class KeyBootstrap
{
    public static Task<string> CreateAsync(KeyRequest request, IReadOnlyList<string> settings, CancellationToken cancellationToken) => ClusterVisit.RunAsync(
        settings,
        services => services.AddSingleton<PepperSource>().AddSingleton<KeyCreation>(),
        services => CreateAsync(services, request, cancellationToken),
        cancellationToken);

    private static async Task<string> CreateAsync(IServiceProvider services, KeyRequest request, CancellationToken cancellationToken)
    {
        var options = services.GetRequiredService<IOptionsMonitor<ProxyClusterOptions>>().CurrentValue;
        if (request.Unknown(RoleTable.Of(options.Auth)) is { } fault)
        {
            throw new UsageFault(fault);
        }

        var log = services.GetRequiredService<IGrainFactory>().GetGrain<IAuditGrain>(AuditLogs.Of(options.Region, AuditLogs.Actions));
        var entry = new AuditEntry
        {
            HappenedAt = services.GetRequiredService<TimeProvider>().GetUtcNow(),
            Actor = $"operator:{Environment.UserName}",
            Authentication = "command_line",
            Action = AuditActions.KeyCreate,
            Outcome = AuditOutcome.Intent,
            Detail = $"roles {string.Join(' ', request.Roles)}, name {request.Name}",
            Process = Environment.MachineName,
        };
        var intent = await log.RecordAsync(entry);
        var created = await services.GetRequiredService<KeyCreation>().CreateAsync(request.ToRecord(), cancellationToken);
        await log.RecordAsync(entry with { Outcome = AuditOutcome.Done, Object = created.Record.PublicId, Intent = intent });
        return created.Key.Reveal();
    }
}
