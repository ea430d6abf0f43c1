using ProxyCluster.GatewayApi.Hosting;
using ProxyCluster.GrainInterfaces.Routing;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>The cluster's silos, activations and gateways.</summary>
internal sealed class ClusterAdmin(IGrainFactory grains, TimeProvider clock)
{
    /// <summary><c>GET cluster</c>.</summary>
    public async Task<IResult> GetAsync(HttpContext context)
    {
        var management = grains.GetGrain<IManagementGrain>(0);
        var hosts = management.GetDetailedHosts(onlyActive: false).Within(clock, context.RequestAborted);
        var statistics = management.GetSimpleGrainStatistics().Within(clock, context.RequestAborted);
        var table = grains.GetGrain<IRoutingTableGrain>(RoutingTable.Key).StatusAsync().Within(clock, context.RequestAborted);
        await Task.WhenAll(hosts, statistics, table);

        var silos = (await hosts).Where(h => h.Status != SiloStatus.Dead).OrderBy(h => h.SiloName, StringComparer.Ordinal).ToList();
        var activations = (await statistics)
            .GroupBy(s => s.GrainType, s => s.ActivationCount, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .ToList();
        var status = await table;
        return AdminJson.Answer(json =>
        {
            json.WriteStartObject();
            json.WriteString("version"u8, ProductVersion.Text);
            json.WriteStartArray("silos"u8);
            foreach (var silo in silos)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, silo.SiloName);
                json.WriteString("address"u8, silo.SiloAddress.ToParsableString());
                json.WriteString("status"u8, silo.Status.ToString());
                json.WriteMoment("startedAt", new DateTimeOffset(DateTime.SpecifyKind(silo.StartTime, DateTimeKind.Utc)));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartObject("activations"u8);
            foreach (var type in activations)
            {
                json.WriteNumber(type.Key, type.Sum());
            }

            json.WriteEndObject();
            ConfigurationAdmin.WriteGateways(json, status);
            json.WriteEndObject();
        });
    }
}
