using System.Text.Json;
using ProxyCluster.Core.Resilience;
using ProxyCluster.Core.Security;
using ProxyCluster.GatewayApi.Resilience;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Keys as operators see them: never a secret, and of a hash no more than tells two apart.</summary>
internal static class KeyWriter
{
    private const int ShownHashBytes = 4;

    /// <summary>Writes a key as an object.</summary>
    /// <param name="json">Takes it.</param>
    /// <param name="key">The key.</param>
    /// <param name="plain">The key itself, in the one answer that shows it.</param>
    /// <param name="reach">Where a change was waited for: how far it has come.</param>
    public static void Write(Utf8JsonWriter json, KeyDescription key, string? plain = null, Reach? reach = null)
    {
        var record = key.Record;
        json.WriteStartObject();
        if (plain is not null)
        {
            json.WriteString("key"u8, plain);
        }

        json.WriteString("publicId"u8, record.PublicId);
        WriteChangeable(json, record);
        AllowFields.Write(json, "roles", record.Roles);
        AllowFields.Write(json, "permissions", record.Permissions);
        json.WriteString("user"u8, record.User);
        json.WriteString("team"u8, record.Team);
        json.WriteString("createdBy"u8, record.CreatedBy);
        json.WriteMoment("createdAt", record.CreatedAt);
        json.WriteBoolean("revoked"u8, record.Revoked);
        json.WriteString("hashPrefix"u8, Convert.ToHexStringLower(record.Hash.AsSpan()[..ShownHashBytes]));
        json.WriteMoment("lastUsedAt", key.LastUsedAt);
        json.WriteMoment("rotatedAt", record.RotatedAt);
        WritePrevious(json, key);
        reach?.Write(json);
        json.WriteEndObject();
    }

    /// <summary>Writes what may be changed of a key, as members.</summary>
    public static void WriteChangeable(Utf8JsonWriter json, KeyRecord record)
    {
        json.WriteString("name"u8, record.Name);
        AllowFields.Write(json, "models", record.Models);
        AllowFields.Write(json, "regions", record.Regions);
        LimitFields.Write(json, record.Limits);
        json.WriteString("priority"u8, PriorityNames.Of(record.Priority ?? RequestPriority.Normal));
        json.WriteMoment("expiresAt", record.ExpiresAt);
    }

    private static void WritePrevious(Utf8JsonWriter json, KeyDescription key)
    {
        if (key.Record.PreviousHash.IsDefaultOrEmpty)
        {
            json.WriteNull("previousSecret"u8);
            return;
        }

        json.WriteStartObject("previousSecret"u8);
        json.WriteString("hashPrefix"u8, Convert.ToHexStringLower(key.Record.PreviousHash.AsSpan()[..ShownHashBytes]));
        json.WriteMoment("endsAt", key.Record.PreviousEndsAt);
        json.WriteMoment("lastUsedAt", key.PreviousLastUsedAt);
        json.WriteEndObject();
    }
}
