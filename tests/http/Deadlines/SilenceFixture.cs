using System.Globalization;
using System.Text.Json.Nodes;
using ProxyCluster.Tests.Http.Gateway;
using ProxyCluster.Tests.Http.Resilience;
using ProxyCluster.Tests.Support.Processes;

namespace ProxyCluster.Tests.Http.Deadlines;

/// <summary>
/// Pairs of a provider that is soon given up where it is silent, behind <see cref="GatewayOverTwo.First"/>, and a patient
/// one behind <see cref="GatewayOverTwo.Second"/>. Each test has pairs of its own: a provider is remembered for its silence.
/// </summary>
public sealed class SilenceFixture : GatewayOverTwo
{
    /// <summary>A model known to nobody: it answers at once, or not at all.</summary>
    public const string Plain = "plain";

    /// <summary>Its name says that it thinks.</summary>
    public const string Thinker = "o3";

    /// <summary>Its entry says that it thinks.</summary>
    public const string Declared = "ponderer";

    /// <summary>Its entry says that it does not think, whatever its name says.</summary>
    public const string Quick = "o3-quick";

    /// <summary>Its provider has no limit of its own for whole answers, and the model a longest answer.</summary>
    public const string Sized = "sized";

    /// <summary>After which silence the first provider is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>A silence that only models which think may keep; far from their limit on a busy machine too.</summary>
    public static readonly TimeSpan Thought = TimeSpan.FromSeconds(2);

    private const int PairsOfEach = 8;
    private const double ThinkingSeconds = 45;
    private const int SizedTokens = 15;

    private static readonly string[] Models = [Plain, Thinker, Declared, Quick, Sized];

    private readonly Dictionary<string, int> _used = Models.ToDictionary(model => model, _ => 0);

    /// <summary>Two providers of a model that no other test uses, and the alias that asks them in order.</summary>
    public ProviderPair NextPair(string model) => Pair(model, ++_used[model]);

    private static ProviderPair Pair(string model, int number) => number <= PairsOfEach
        ? new ProviderPair(string.Create(CultureInfo.InvariantCulture, $"{model}-{number}"))
        : throw new InvalidOperationException("All prepared providers are used: raise the number in the fixture.");

    private protected override JsonObject Config()
    {
        var providers = new JsonArray();
        var aliases = new JsonObject();
        foreach (var pair in Models.SelectMany(model => Enumerable.Range(1, PairsOfEach).Select(number => Pair(model, number))))
        {
            providers.Add(Hurried(pair));
            providers.Add(ProgramOptions.Provider(pair.Second, "openai", new Uri(Second.Url, "/v1"), pair.Model));
            aliases[pair.Alias] = InOrder(pair.OnlyFirst, pair.OnlySecond);
        }

        return new JsonObject
        {
            ["Providers"] = providers,
            ["Aliases"] = aliases,
            ["Routing"] = new JsonObject { ["Health"] = new JsonObject { ["ActiveChecks"] = false } },
        };
    }

    private JsonObject Hurried(ProviderPair pair)
    {
        var provider = ProgramOptions.Provider(pair.First, "openai", new Uri(First.Url, "/v1"));
        var model = new JsonObject { ["Id"] = pair.Model };
        provider["Models"] = new JsonArray(model);
        provider["TimeoutSeconds"] = Patience.TotalSeconds;
        provider["ReasoningTimeoutSeconds"] = ThinkingSeconds;
        if (pair.Model.StartsWith(Sized, StringComparison.Ordinal))
        {
            model["MaxOutputTokens"] = SizedTokens;
            return provider;
        }

        provider["AnswerTimeoutSeconds"] = Patience.TotalSeconds;
        if (pair.Model.StartsWith(Declared, StringComparison.Ordinal) || pair.Model.StartsWith(Quick, StringComparison.Ordinal))
        {
            model["Reasoning"] = pair.Model.StartsWith(Declared, StringComparison.Ordinal);
        }

        return provider;
    }
}
