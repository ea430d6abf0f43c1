using ProxyCluster.Core.Providers;

namespace ProxyCluster.Core.Routing;

/// <summary>One way to serve a model: a provider and its entry. Made once for a set of definitions, shared by all requests.</summary>
public sealed class Candidate
{
    internal Candidate(ProviderDefinition provider, ModelDefinition entry, string model, ModelCapabilities capabilities, int slot, int tier)
    {
        Provider = provider;
        Entry = entry;
        Model = model;
        Capabilities = capabilities;
        Reach = capabilities.WithMakeshift();
        Slot = slot;
        Tier = tier;
        Price = TokenPrice.From(entry);
    }

    /// <summary>Who serves.</summary>
    public ProviderDefinition Provider { get; }

    /// <summary>The provider's entry that matches; what it leaves open is filled from the <see cref="Costs.ModelCatalogue"/>.</summary>
    public ModelDefinition Entry { get; }

    /// <summary>The model asked of this provider, without a prefix; for an alias, the model it stands for.</summary>
    public string Model { get; }

    /// <summary>The model's name as this provider knows it.</summary>
    public string UpstreamModel => Entry.UpstreamId ?? Model;

    /// <summary>What the entry can be asked for, cut to what its provider's type can do.</summary>
    public ModelCapabilities Capabilities { get; }

    /// <summary>What it can be asked for, makeshift included.</summary>
    public ModelCapabilities Reach { get; }

    /// <summary>What it costs.</summary>
    public TokenPrice Price { get; }

    /// <summary>In an ordered alias, the place in its list; lower ones go first. Else 0.</summary>
    public int Tier { get; }

    /// <summary>Where the standing of this provider and entry is kept in the index.</summary>
    internal int Slot { get; }
}
