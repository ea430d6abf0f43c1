using System.Text.Json;
using ProxyCluster.Core.Providers;

namespace ProxyCluster.GatewayApi.Admin;

/// <summary>Reads one model of a provider: a name, or an object with limits and prices.</summary>
internal static class ProviderModelReader
{
    private const int LongestName = 256;
    private const int MostTokens = 100_000_000;

    /// <summary>Reads a model; <see langword="null"/>: it cannot be one, and a fault was added.</summary>
    public static ModelDefinition? Read(JsonElement item, string path, List<AdminFault> faults)
    {
        if (item.ValueKind == JsonValueKind.String)
        {
            var id = item.GetString()!;
            CheckId(id, path, faults);
            return new() { Id = id };
        }

        if (item.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new(path, "It must be a model's name, or an object with an 'id'."));
            return null;
        }

        var fields = new JsonFields(item, path, faults);
        var model = new ModelDefinition
        {
            Id = fields.RequiredText("id", LongestName) ?? "",
            UpstreamId = fields.Text("upstreamId", LongestName),
            ContextLengthTokens = fields.Integer("contextLength", 0, 0, MostTokens),
            MaxOutputTokens = fields.Integer("maxOutputTokens", 0, 0, MostTokens),
            InputCostPerMillion = fields.Price("inputCostPerMillion"),
            OutputCostPerMillion = fields.Price("outputCostPerMillion"),
            CacheReadCostPerMillion = fields.Price("cacheReadCostPerMillion"),
            CacheWriteCostPerMillion = fields.Price("cacheWriteCostPerMillion"),
            Reasoning = fields.Get("reasoning") is null ? null : fields.Flag("reasoning", fallback: false),
            Capabilities = ReadCapabilities(fields),
        };
        if (model.Id.Length > 0)
        {
            CheckId(model.Id, fields.PathOf("id"), faults);
        }

        fields.RefuseOthers();
        return model;
    }

    /// <summary>The names of capabilities, in the order of their bits.</summary>
    public static IEnumerable<string> NamesOf(ModelCapabilities capabilities) =>
        Enum.GetValues<ModelCapabilities>().Where(c => c != ModelCapabilities.None && capabilities.HasFlag(c)).Select(NameOf);

    private static string NameOf(ModelCapabilities capability) => capability switch
    {
        ModelCapabilities.Chat => "chat",
        ModelCapabilities.Completions => "completions",
        ModelCapabilities.Embeddings => "embeddings",
        ModelCapabilities.Tools => "tools",
        ModelCapabilities.Vision => "vision",
        ModelCapabilities.Json => "json",
        ModelCapabilities.Streaming => "streaming",
        ModelCapabilities.Responses => "responses",
        ModelCapabilities.Images => "images",
        ModelCapabilities.Audio => "audio",
        ModelCapabilities.Moderations => "moderations",
        ModelCapabilities.Rerank => "rerank",
        _ => throw new ArgumentOutOfRangeException(nameof(capability), capability, "It is not one capability."),
    };

    private static void CheckId(string id, string path, List<AdminFault> faults)
    {
        if (id.Length is 0 or > LongestName || id.AsSpan().ContainsAnyInRange('\0', ' '))
        {
            faults.Add(new(path, $"A model's name has 1 to {LongestName} characters without blanks."));
        }
        else if (id.AsSpan(0, id.Length - 1).Contains('*'))
        {
            faults.Add(new(path, "A '*' may stand only at the end of a model's name."));
        }
    }

    private static ModelCapabilities ReadCapabilities(JsonFields fields)
    {
        var capabilities = ModelCapabilities.None;
        var known = Enum.GetValues<ModelCapabilities>().Where(static c => c != ModelCapabilities.None).ToDictionary(NameOf, StringComparer.Ordinal);
        foreach (var item in fields.Items("capabilities", 16))
        {
            if (item.ValueKind != JsonValueKind.String || !known.TryGetValue(item.GetString()!, out var capability))
            {
                fields.Fault("capabilities", $"Each must be one of: {string.Join(", ", known.Keys)}.");
                break;
            }

            capabilities |= capability;
        }

        return capabilities == ModelCapabilities.None ? ModelDefinition.DefaultCapabilities : capabilities;
    }
}
