using System.Text.Json;
using ProxyCluster.Core.Providers.Circuits;
using ProxyCluster.GrainInterfaces.Providers;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Whether a provider and its models are asked, as the admin plane shows it: circuit, cool-downs, quotas and health.</summary>
internal static class ProviderWatchWriter
{
    /// <summary>The members <c>circuit</c>, <c>coolDowns</c>, <c>quotas</c> and <c>health</c>.</summary>
    public static void Write(Utf8JsonWriter json, ProviderDescription description)
    {
        WriteCircuit(json, description.Circuit);
        json.WriteStartArray("coolDowns"u8);
        foreach (var rest in description.Rests.IsDefault ? [] : description.Rests)
        {
            json.WriteStartObject();
            json.WriteString("model"u8, rest.Model);
            json.WriteString("until"u8, rest.Until);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("quotas"u8);
        foreach (var quota in description.Quotas.IsDefault ? [] : description.Quotas)
        {
            json.WriteStartObject();
            json.WriteString("model"u8, quota.Model);
            json.WriteNumber("key"u8, quota.Key);
            WriteAmount(json, "requests", quota.Requests);
            WriteAmount(json, "tokens", quota.Tokens);
            json.WriteString("seenAt"u8, quota.SeenAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteHealth(json, description.Health);
    }

    private static void WriteCircuit(Utf8JsonWriter json, CircuitDescription? circuit)
    {
        if (circuit is null)
        {
            json.WriteNull("circuit"u8);
            return;
        }

        json.WriteStartObject("circuit"u8);
        json.WriteString("state"u8, JsonNamingPolicy.CamelCase.ConvertName(circuit.State.ToString()));
        WriteTime(json, "since", circuit.Since);
        json.WriteNumber("openings"u8, circuit.Openings);
        WriteTime(json, "nextProbe", circuit.NextProbe);
        json.WriteNumber("share"u8, Math.Round(circuit.Share ?? 1, 2));
        json.WriteEndObject();
    }

    private static void WriteAmount(Utf8JsonWriter json, string name, QuotaAmount? amount)
    {
        if (amount is not { } known)
        {
            json.WriteNull(name);
            return;
        }

        json.WriteStartObject(name);
        json.WriteNumber("limit"u8, known.Limit);
        json.WriteNumber("remaining"u8, known.Remaining);
        WriteTime(json, "resetsAt", known.ResetsAt);
        json.WriteEndObject();
    }

    private static void WriteHealth(Utf8JsonWriter json, HealthDescription? health)
    {
        if (health is null)
        {
            json.WriteNull("health"u8);
            return;
        }

        json.WriteStartObject("health"u8);
        json.WriteBoolean("idle"u8, health.IsIdle);
        WriteTime(json, "lastTraffic", health.LastTraffic);
        WriteTime(json, "lastCheck", health.LastCheck);
        json.WriteString("checkOutcome"u8, health.LastCheck is null ? null : JsonNamingPolicy.CamelCase.ConvertName(health.CheckOutcome.ToString()));
        json.WriteEndObject();
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } known)
        {
            json.WriteString(name, known);
            return;
        }

        json.WriteNull(name);
    }
}
