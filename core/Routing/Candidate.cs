using System.IO.Hashing;
using System.Text;
using ProxyCluster.Core.Costs;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Regions;

namespace ProxyCluster.Core.Routing;

/// <summary>One way to serve a model: a provider and its entry. Made once for a set of definitions, shared by all requests.</summary>
public sealed class Candidate
{
    private Counted? _counted;

    internal Candidate(in FoundModel found, int rank)
    {
        Provider = found.Provider;
        Entry = found.Entry;
        Model = found.Model;
        Capabilities = found.Capabilities;
        Reach = found.Capabilities.WithMakeshift();
        Slot = found.Slot;
        Tier = found.Tier;
        Rank = rank;
        Price = TokenPrice.From(Entry);
        Location = found.Location;
        Capacity = Provider.MaxConcurrency;
        IsReasoning = Entry.Reasoning ?? (ModelCatalogue.Shipped.IsReasoning(UpstreamModel) || ModelCatalogue.Shipped.IsReasoning(Model));
        Timeouts = Provider.Timeouts.For(IsReasoning);
        ContextLengthTokens = Entry.ContextLengthTokens;
        IsContextAssumed = CustomDefaults.AssumesContext(Provider, Entry);
        QualifiedModel = $"{Provider.Name}/{Model}";
        Hash = XxHash64.HashToUInt64(Encoding.UTF8.GetBytes($"{Provider.Name}\0{Model}"));
    }

    /// <summary>Who serves.</summary>
    public ProviderDefinition Provider { get; }

    /// <summary>The provider's entry that matches; what it leaves open is filled from the <see cref="ModelCatalogue"/>.</summary>
    public ModelDefinition Entry { get; }

    /// <summary>The model asked of this provider, without a prefix; for an alias, the model it stands for.</summary>
    public string Model { get; }

    /// <summary>Provider and model, as clients name them: <c>provider/model</c>.</summary>
    public string QualifiedModel { get; }

    /// <summary>The model's name as this provider knows it.</summary>
    public string UpstreamModel => Entry.UpstreamId ?? Model;

    /// <summary>What the entry can be asked for, cut to what its provider's type can do.</summary>
    public ModelCapabilities Capabilities { get; }

    /// <summary>What it can be asked for, makeshift included.</summary>
    public ModelCapabilities Reach { get; }

    /// <summary>What it costs.</summary>
    public TokenPrice Price { get; }

    /// <summary>Whether the model thinks before it answers, which takes time and, of its context, tokens.</summary>
    public bool IsReasoning { get; }

    /// <summary>How long this model may take at this provider.</summary>
    public ProviderTimeouts Timeouts { get; }

    /// <summary>In an alias, the place in its list; else 0. Ordered strategies let lower ones go first.</summary>
    public int Tier { get; }

    /// <summary>The place among the name's candidates when they are sorted by provider and model.</summary>
    public int Rank { get; }

    /// <summary>Whether nobody has said how long the entry's context is, so that its type's default stands there: it tells whom to prefer, and refuses nothing.</summary>
    public bool IsContextAssumed { get; }

    /// <summary>Where the provider stands; <see langword="null"/>: not known.</summary>
    public GeoPoint? Location { get; }

    /// <summary>Of provider and model, the same in every process.</summary>
    public ulong Hash { get; }

    /// <summary>Where the standing of this provider and entry is kept in the index.</summary>
    internal int Slot { get; }

    /// <summary>Requests that may be in flight at the provider; kept here, since every choice looks at it.</summary>
    internal int Capacity { get; }

    /// <summary>The entry's context; 0: not known. Kept here, since every choice looks at it.</summary>
    internal int ContextLengthTokens { get; }

    /// <summary>Requests in flight at the provider, in the whole cluster.</summary>
    /// <param name="view">Who counts: the same for all requests of a process.</param>
    /// <param name="told">What the score vector says.</param>
    internal int InFlight(IInFlightView view, int told)
    {
        var counted = _counted;
        if (counted is null || !ReferenceEquals(counted.View, view))
        {
            _counted = counted = new Counted(view, view.CounterOf(Provider.Name));
        }

        return counted.Counter.InCluster(told);
    }

    private sealed record Counted(IInFlightView View, IInFlightCounter Counter);
}
