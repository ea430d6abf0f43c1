using System.ComponentModel.DataAnnotations;

namespace ProxyCluster.Core.Configuration;

/// <summary>The whole configuration of a process, as the file, the environment and the command line make it.</summary>
public sealed class ProxyClusterOptions
{
    /// <summary>The region this process stands in.</summary>
    public string Region { get; set; } = "local";

    /// <summary><c>all</c> (silo and gateway in one process) or <c>silo</c>. The program <c>gateway-api</c> ignores it.</summary>
    [AllowedValues("all", "silo")]
    public string Role { get; set; } = "all";

    /// <summary>Counts the operator's changes of the file: among processes of a cluster the highest wins.</summary>
    [Range(typeof(long), "0", "9223372036854775807")]
    public long ConfigGeneration { get; set; } = 1;

    /// <summary>Where the process listens.</summary>
    public ListenOptions Listen { get; set; } = new();

    /// <summary>How the process finds its cluster, and where it keeps state.</summary>
    public ClusterOptions Cluster { get; set; } = new();

    /// <summary>Assemblies of the operator's own, whose code the gateway runs. Only the file, the environment and the command line can name them.</summary>
    public IList<ExtensionOptions> Extensions { get; } = [];

    /// <summary>The upstream deployments.</summary>
    public IList<ProviderOptions> Providers { get; } = [];

    /// <summary>Model names of the operator's own.</summary>
    public IDictionary<string, AliasOptions> Aliases { get; } = new Dictionary<string, AliasOptions>(StringComparer.Ordinal);

    /// <summary>Where regions are that the product does not know of itself, or knows elsewhere.</summary>
    public IList<RegionOptions> Regions { get; } = [];

    /// <summary>How a provider is chosen.</summary>
    public RoutingOptions Routing { get; set; } = new();

    /// <summary>What the gateway takes at most.</summary>
    public OverloadOptions Overload { get; set; } = new();

    /// <summary>What is remembered of requests, for operators.</summary>
    public RecentRequestOptions RecentRequests { get; set; } = new();

    /// <summary>How much each caller may send.</summary>
    public RateLimitOptions RateLimits { get; set; } = new();

    /// <summary>How many tokens and how much money each caller may use.</summary>
    public BudgetOptions Budgets { get; set; } = new();

    /// <summary>Who may call.</summary>
    public AuthOptions Auth { get; set; } = new();

    /// <summary>How stored secrets are sealed.</summary>
    public SecretsOptions Secrets { get; set; } = new();

    /// <summary>How long actions and security events are kept, and how they are sealed.</summary>
    public AuditOptions Audit { get; set; } = new();

    /// <summary>What a stranger can make the process do, at most.</summary>
    public InputLimitOptions InputLimits { get; set; } = new();

    /// <summary>Checks of requests and answers, in the order in which they are made.</summary>
    public IList<HookOptions> Hooks { get; } = [];

    /// <summary>Which small requests are joined into one call of a provider.</summary>
    public BatchingOptions Batching { get; set; } = new();

    /// <summary>How conversations are made to fit their models.</summary>
    public CondensationOptions Condensation { get; set; } = new();

    /// <summary>How providers are reached.</summary>
    public OutboundOptions Outbound { get; set; } = new();

    /// <summary>The connections kept ready for providers' hosts.</summary>
    public PoolOptions Pools { get; set; } = new();

    /// <summary>Logs, traces and metrics.</summary>
    public TelemetryOptions Telemetry { get; set; } = new();
}
