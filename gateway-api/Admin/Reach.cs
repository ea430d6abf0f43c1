using System.Text.Json;
using ProxyCluster.GatewayApi.Security;
using ProxyCluster.GrainInterfaces.Security;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>How far a change of a key, user or team has come: who asked for it learns which gateways may still go by the old.</summary>
/// <param name="Known">What the directory says; <see langword="null"/>: it did not answer, though the change is stored.</param>
internal sealed record Reach(KeyReach? Known)
{
    /// <summary>How long an answer waits for the gateways.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(1);

    /// <summary>Waits for the gateways that follow a shard.</summary>
    /// <param name="shard">Where the change was stored.</param>
    /// <param name="version">The change.</param>
    /// <param name="clock">The clock of the deadline.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public static async Task<Reach> WaitAsync(IKeyDirectoryGrain shard, long version, TimeProvider clock, CancellationToken cancellationToken)
    {
        try
        {
            return new(await shard.ReachAsync(version, Wait).Within(clock, cancellationToken));
        }
        catch (Exception exception) when (ClusterSilence.Caused(exception))
        {
            return new((KeyReach?)null);
        }
    }

    /// <summary>Writes the member <c>reach</c>: how many gateways there are and who lags behind, or null.</summary>
    public void Write(Utf8JsonWriter json)
    {
        if (Known is null)
        {
            json.WriteNull("reach"u8);
            return;
        }

        json.WriteStartObject("reach"u8);
        json.WriteNumber("gateways"u8, Known.Gateways);
        json.WriteStartArray("laggards"u8);
        foreach (var laggard in Known.Laggards)
        {
            json.WriteStartObject();
            json.WriteString("gateway"u8, laggard.Name);
            json.WriteMoment("heardAt", laggard.HeardAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
