using System.Text.Json;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GrainInterfaces.Routing;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>The configuration in force, and whether processes differ from it.</summary>
internal sealed class ConfigurationAdmin(IGrainFactory grains, IConfigurationChecker checker, TimeProvider clock)
{
    /// <summary><c>GET config</c>.</summary>
    public async Task<IResult> GetAsync(HttpContext context)
    {
        var status = await grains.GetGrain<IRoutingTableGrain>(RoutingTable.Key).StatusAsync().Within(clock, context.RequestAborted);
        return AdminJson.Answer(json =>
        {
            json.WriteStartObject();
            json.WriteNumber("generation"u8, status.Generation);
            json.WriteString("definitions"u8, Text(status.Definitions));
            json.WriteBoolean("drift"u8, status.Files.Any(f => f.Drifted));
            json.WriteStartArray("processes"u8);
            foreach (var file in status.Files)
            {
                json.WriteStartObject();
                json.WriteString("process"u8, file.Process);
                json.WriteNumber("generation"u8, file.Generation);
                json.WriteBoolean("drifted"u8, file.Drifted);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            WriteGateways(json, status);
            json.WriteEndObject();
        });
    }

    /// <summary><c>POST config/check</c>.</summary>
    public async Task<IResult> CheckAsync(HttpContext context)
    {
        var (bytes, problem) = await AdminBody.ReadBytesAsync(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        var faults = checker.Check(bytes);
        return AdminJson.Answer(json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("valid"u8, faults.Count == 0);
            json.WriteStartArray("faults"u8);
            foreach (var fault in faults)
            {
                json.WriteStartObject();
                json.WriteString("path"u8, fault.Path);
                json.WriteString("value"u8, fault.Value);
                json.WriteString("cure"u8, fault.Cure);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>Every gateway and which definitions it routes by, as the member <c>gateways</c>.</summary>
    public static void WriteGateways(Utf8JsonWriter json, RoutingTableStatus status)
    {
        json.WriteStartArray("gateways"u8);
        foreach (var gateway in status.Gateways)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, gateway.Name);
            json.WriteString("definitions"u8, Text(gateway.Definitions));
            json.WriteBoolean("current"u8, gateway.Definitions == status.Definitions);
            json.WriteMoment("lastPoll", gateway.LastPoll);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Text(SnapshotVersion version) => $"{version.Epoch:N}-{version.Counter}-{version.ContentHash:x16}";
}
