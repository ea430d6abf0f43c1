using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.Tests.Fuzz.Clients;
using ProxyCluster.Tests.Fuzz.Probing;

namespace ProxyCluster.Tests.Fuzz.Targets;

/// <summary>Streams of a provider that configuration describes.</summary>
/// <param name="name">The target's.</param>
/// <param name="adapter">The provider's.</param>
/// <param name="ends">What a complete stream must have.</param>
internal sealed class CustomStreamTarget(string name, ProviderAdapter adapter, params string[] ends) : StreamTarget(adapter)
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Words =>
    [
        "data: ", "data: [END]\n\n", "event: [END]\n", "\n", "\"piece\":", "\"text\":", "\"why\":", "\"END\"", "\"LIMIT\"", "\"usage\":", "\"read\":", "\"written\":", "\"id\":", "\"problem\":", "\"message\":", "\"calls\":[", "\"fn\":", "\"args\":", "\"n\":",
    ];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Parser => ["Providers/Custom/CustomStream.cs", "Providers/Custom/CustomCallStream.cs", "Providers/Custom/CustomCalls.cs:TryRead", "Providers/Custom/CustomCalls.cs:TryReadOne", "Providers/Custom/CustomCalls.cs:TextOf", "Providers/Custom/CustomPaths.cs:UsageIn", "Providers/Custom/CustomPaths.cs:CountAt", "Providers/Custom/CustomShape.cs:FinishOf"];

    /// <inheritdoc/>
    public override PlantedBug Planted => new("Providers/Custom/CustomStream.cs", "if (says && _hasFinished)");

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Ends => ends;

    /// <summary>One provider that streams events, and one that streams lines.</summary>
    public static IEnumerable<FuzzTarget> Create() =>
    [
        new CustomStreamTarget("custom-stream", CustomProvider.OfEvents, "[END]", "why"),
        new CustomStreamTarget("custom-lines", CustomProvider.OfLines, "why"),
    ];
}
