using Orleans;

namespace ProxyCluster.Core.Providers;

/// <summary>One extra header for requests upstream.</summary>
/// <param name="Name">A header name.</param>
/// <param name="Value">Printable ASCII: what is sent, or as for a key a reference to it, or it sealed (<see cref="Secrets.SecretEnvelope"/>).</param>
[GenerateSerializer, Immutable, Alias("pc.header-definition")]
public readonly record struct HeaderDefinition([property: Id(0)] string Name, [property: Id(1)] string Value)
{
    /// <summary>The name alone: the value may be a secret.</summary>
    public override string ToString() => $"{Name}: ***";
}
