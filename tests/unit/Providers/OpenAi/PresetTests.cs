using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Providers.OpenAi;

namespace ProxyCluster.Tests.Unit.Providers.OpenAi;

/// <summary>Holds the table of types in <c>docs/providers/openai-compatible.md</c> to the presets.</summary>
public sealed class PresetTests
{
    private const string Page = "openai-compatible.md";

    private static readonly (ModelCapabilities Capability, string Word)[] Words =
    [
        (ModelCapabilities.Chat, "chat"), (ModelCapabilities.Completions, "completions"), (ModelCapabilities.Embeddings, "embeddings"),
        (ModelCapabilities.Tools, "tools"), (ModelCapabilities.Vision, "images"), (ModelCapabilities.Json, "JSON"), (ModelCapabilities.Streaming, "streams"),
    ];

    [Fact]
    public void Types_AsDocumented_AreThePresets()
    {
        var documented = Documents.Table(Page, "| Type | Base URL").Select(static cells => string.Join(" | ", cells.Take(7)));

        Assert.Equal(OpenAiDialect.Presets.Select(Describe), documented);
    }

    [Theory]
    [InlineData("perplexity", "https://api.perplexity.ai/chat/completions", "https://api.perplexity.ai/async/chat/completions")]
    [InlineData("alibaba", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/chat/completions", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1/models")]
    [InlineData("cerebras", "https://api.cerebras.ai/v1/chat/completions", "https://api.cerebras.ai/v1/models")]
    [InlineData("moonshot", "https://api.moonshot.ai/v1/chat/completions", "https://api.moonshot.ai/v1/models")]
    public void Addresses_OfAPreset_FollowFromItsBase(string type, string chat, string health)
    {
        var provider = Provider(type);

        Assert.Equal(chat, provider.Adapter.CreateRequest(provider.Target(), provider.Chat("")).Message!.RequestUri!.ToString());
        Assert.Equal(health, provider.Adapter.CreateHealthCheck(provider.Target()).RequestUri!.ToString());
    }

    internal static ProviderCase Provider(string type, string model = "m") => new(
        new OpenAiAdapter(OpenAiDialect.Presets.Single(dialect => dialect.Type == type), new FakeTimeProvider()), model);

    private static string Describe(OpenAiDialect dialect) => string.Join(
        " | ",
        $"`{dialect.Type}`",
        dialect.BaseUrl is { } url ? $"`{url}`" : "must be given",
        dialect.KeyHeader is { } header ? $"`{header}`" : dialect.NeedsKey ? "needed" : "optional",
        VariableOf(dialect.Type),
        string.Join(", ", Words.Where(word => dialect.Capabilities.HasFlag(word.Capability)).Select(static word => word.Word)),
        $"`{dialect.MaxTokensMember}`",
        dialect.TakesStreamOptions ? "asked" : "told");

    private static string VariableOf(string type)
    {
        foreach (var row in Documents.Table(Page, "| Type | Base URL"))
        {
            var name = row[3].Trim('`');
            var found = new EnvironmentProviders(variable => variable == name || variable == "AZURE_OPENAI_ENDPOINT" ? "x" : null, static () => false).Find();
            if (found[0].Type == type)
            {
                Assert.Equal($"${{{name}}}", found[0].ApiKey);
                return $"`{name}`";
            }
        }

        return "–";
    }
}
