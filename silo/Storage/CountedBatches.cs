using System.Collections.Immutable;
using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Orleans.Serialization;
using ProxyCluster.Core.Usage;

namespace ProxyCluster.Silo.Storage;

/// <summary>Stores <see cref="LedgerPage.Counted"/>: Orleans' JSON by itself writes such a dictionary with an id, and then refuses to read it.</summary>
internal sealed class CountedBatches : JsonConverter<ImmutableDictionary<Guid, long>>
{
    /// <summary>Has the storage <c>Default</c> use it, wherever that is.</summary>
    public static void AddTo(ISiloBuilder silo) =>
        silo.Services.Configure<OrleansJsonSerializerOptions>(static json => json.JsonSerializerSettings.Converters.Add(new CountedBatches()));

    /// <inheritdoc/>
    public override void WriteJson(JsonWriter writer, ImmutableDictionary<Guid, long>? value, JsonSerializer serializer)
    {
        writer.WriteStartObject();
        foreach (var (gateway, sequence) in value ?? ImmutableDictionary<Guid, long>.Empty)
        {
            writer.WritePropertyName(gateway.ToString());
            writer.WriteValue(sequence);
        }

        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public override ImmutableDictionary<Guid, long> ReadJson(
        JsonReader reader, Type objectType, ImmutableDictionary<Guid, long>? existingValue, bool hasExistingValue, JsonSerializer serializer) =>
        // Pages that were stored without this converter say $id and $type, too.
        JObject.Load(reader).Properties()
            .Where(static member => !member.Name.StartsWith('$'))
            .ToImmutableDictionary(static member => Guid.Parse(member.Name, CultureInfo.InvariantCulture), static member => (long)member.Value);
}
