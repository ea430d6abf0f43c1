using System.Buffers;
using System.IO.Hashing;
using System.Text.Json;
using Microsoft.Extensions.Options;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Routing;
using ProxyCluster.GatewayApi.Requests;
using ProxyCluster.GatewayApi.Routing;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>How providers are chosen: the settings that this gateway goes by, and what it has decided lately.</summary>
internal sealed class RoutingAdmin(
    IRoutingSnapshotSource snapshots,
    IOptionsMonitor<ProxyClusterOptions> options,
    StrategyCatalogue strategies,
    RecentRequests recent,
    RecentRequestWriter writer,
    GatewayIdentity identity)
{
    /// <summary><c>GET routing</c>; <c>?limit=</c> is for the requests whose decisions are told.</summary>
    public IResult Get(HttpContext context)
    {
        var (page, problem) = ListPage.Read(context.Request);
        if (problem is not null)
        {
            return problem;
        }

        var snapshot = snapshots.Current;
        var team = KeyScope.Of(context).Team;
        context.Response.Headers.ETag = EntityVersion.TagOf(VersionOf(snapshot));
        return AdminJson.Answer(json =>
        {
            json.WriteStartObject();
            WriteSettings(json, snapshot);
            json.WriteStartObject("decisions"u8);
            json.WriteString("gateway"u8, identity.Name);
            json.WriteStartArray("data"u8);
            foreach (var request in recent.Latest(page.Limit, team))
            {
                writer.WriteDecisions(json, request);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    /// <summary><c>PUT routing</c>: never done, since the file or the environment of each process defines all of it.</summary>
    public IResult Replace(HttpContext context) =>
        EntityVersion.Check(context.Request, VersionOf(snapshots.Current))
        ?? Problem.ManagedByFile("") with
        {
            Detail = "Strategies, weights and aliases are defined by the configuration file or the environment: change them there. The file is taken while processes run.",
        };

    private long VersionOf(RoutingSnapshot snapshot)
    {
        var settings = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(settings))
        {
            json.WriteStartObject();
            WriteSettings(json, snapshot);
            json.WriteEndObject();
        }

        return (long)(XxHash64.HashToUInt64(settings.WrittenSpan) >> 1);
    }

    private void WriteSettings(Utf8JsonWriter json, RoutingSnapshot snapshot)
    {
        var routing = options.CurrentValue.Routing;
        var weights = snapshot.Index.Weights;
        json.WriteString("strategy"u8, routing.Strategy);
        json.WriteStartArray("strategies"u8);
        foreach (var name in strategies.Names)
        {
            json.WriteStringValue(name);
        }

        json.WriteEndArray();
        json.WriteStartObject("weights"u8);
        json.WriteNumber("performance"u8, weights.Performance);
        json.WriteNumber("cost"u8, weights.Cost);
        json.WriteNumber("reliability"u8, weights.Reliability);
        json.WriteNumber("load"u8, weights.Load);
        json.WriteEndObject();
        json.WriteBoolean("relativeCost"u8, routing.RelativeCost);
        json.WriteNumber("explorationPercent"u8, routing.ExplorationPercent);
        json.WriteNumber("maxAttempts"u8, routing.MaxAttempts);
        json.WriteStartArray("aliases"u8);
        foreach (var alias in snapshot.Definitions.Aliases.OrderBy(static alias => alias.Name, StringComparer.Ordinal))
        {
            WriteAlias(json, alias, routing.Strategy);
        }

        json.WriteEndArray();
    }

    private static void WriteAlias(Utf8JsonWriter json, AliasDefinition alias, string usual)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, alias.Name);
        json.WriteString("strategy"u8, alias.StrategyInForce ?? usual);
        json.WriteStartArray("models"u8);
        foreach (var model in alias.Models)
        {
            json.WriteStringValue(model);
        }

        json.WriteEndArray();
        if (alias.Fallbacks is { } fallbacks)
        {
            ExplanationWriter.WriteFallbacks(json, fallbacks);
        }

        json.WriteEndObject();
    }
}
