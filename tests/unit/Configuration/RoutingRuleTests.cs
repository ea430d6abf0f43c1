using ProxyCluster.Core.Configuration;

namespace ProxyCluster.Tests.Unit.Configuration;

/// <summary>Strategies, weights, regions and the aliases' fallbacks.</summary>
public sealed class RoutingRuleTests
{
    private const string Simulator = """{ "Name": "a", "Type": "simulator", "Models": ["m", "n"] }""";

    [Theory]
    [InlineData("intelligent")]
    [InlineData("round_robin")]
    [InlineData("prefix_affinity")]
    public void Strategy_ThatThereIs_IsGood(string name)
    {
        Assert.Empty(ConfigurationFiles.Read($$"""{ "Routing": { "Strategy": "{{name}}" }, "Providers": [ {{Simulator}} ], "Aliases": { "x": { "Strategy": "{{name}}", "Models": ["m"] } } }""").Faults);
    }

    [Theory]
    [InlineData("""{ "Routing": { "Strategy": "round-robin" } }""", "Routing:Strategy", "Write 'round_robin' if that is meant.")]
    [InlineData("""{ "Routing": { "Strategy": "fortune" } }""", "Routing:Strategy", "priority, prefix_affinity.")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "simulator" } ], "Aliases": { "x": { "Strategy": "costs", "Models": ["m"] } } }""", "Aliases:x:Strategy", "Write 'cost' if that is meant.")]
    [InlineData("""{ "Routing": { "Weights": { "Cost": -1 } } }""", "Routing:Weights:Cost", "It must be from 0 to 1000000.")]
    [InlineData("""{ "Routing": { "Weights": { "Performance": 0, "Cost": 0, "Reliability": 0, "Load": 0 } } }""", "Routing:Weights", "Make one of them positive.")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "simulator", "Weight": 0 } ] }""", "Providers", "Make one of them positive, or leave Weight out.")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "simulator", "Weight": -2 } ] }""", "Providers[0]:Weight", "It must be from 0 to 1000000.")]
    [InlineData("""{ "Regions": [ { "Name": "x", "Location": "200,0" } ] }""", "Regions[0]:Location", "for example \"38.9,-77.4\".")]
    [InlineData("""{ "Regions": [ { "Name": "x", "Location": "1,1" }, { "Name": "X", "Location": "1,1" } ] }""", "Regions[1]:Name", "that no other region has.")]
    public void Setting_ThatCannotBe_IsRefusedWithItsPathAndCure(string json, string path, string cure)
    {
        var fault = ConfigurationFiles.OnlyFault(json);

        Assert.Equal(path, fault.Path);
        Assert.EndsWith(cure, fault.Cure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    public void Weight_ThatIsNoNumber_IsRefused(string value)
    {
        var fault = ConfigurationFiles.OnlyFault("{}", $"--Routing:Weights:Cost={value}");

        Assert.Equal("Routing:Weights:Cost", fault.Path);
    }

    [Fact]
    public void Fallbacks_ToModelsAndAliases_AreGood() => Assert.Empty(Faults("""
        "x": { "Models": ["m"], "Fallbacks": { "ContextTooLong": ["n", "y"], "Any": ["z"] } },
        "y": { "Models": ["n"], "Fallbacks": { "RateLimited": ["z"], "ContentFilter": ["a/m"] } },
        "z": { "Models": ["n"] }
        """));

    [Theory]
    [InlineData("""{ "Any": ["q"] }""", "Aliases:x:Fallbacks:Any[0]", "No provider of this file serves it. Add the model to a provider, or name one that is there.")]
    [InlineData("""{ "ContentFilter": ["m", "x"] }""", "Aliases:x:Fallbacks:ContentFilter[1]", "The way from 'x' leads back to 'x': it would be asked again and again. Name a model, or an alias that does not fall back on this one.")]
    public void Fallbacks_ToNothingOrItself_AreRefused(string fallbacks, string path, string cure)
    {
        var fault = Assert.Single(Faults($$""" "x": { "Models": ["m"], "Fallbacks": {{fallbacks}} } """));

        Assert.Equal((path, cure), (fault.Path, fault.Cure));
    }

    [Fact]
    public void Fallbacks_ThatGoRound_AreRefusedWhereEachOfThemStands()
    {
        var faults = Faults("""
            "x": { "Models": ["m"], "Fallbacks": { "ContextTooLong": ["y"] } },
            "y": { "Models": ["m"], "Fallbacks": { "Any": ["n", "z"] } },
            "z": { "Models": ["m"], "Fallbacks": { "RateLimited": ["x"] } },
            "w": { "Models": ["m"], "Fallbacks": { "Any": ["x"] } }
            """);

        Assert.Equal(
            ["Aliases:x:Fallbacks:ContextTooLong[0]", "Aliases:y:Fallbacks:Any[1]", "Aliases:z:Fallbacks:RateLimited[0]"], faults.Select(fault => fault.Path).Order());
    }

    private static IReadOnlyList<ConfigurationFault> Faults(string aliases) =>
        ConfigurationFiles.Read($$"""{ "Providers": [ {{Simulator}} ], "Aliases": { {{aliases}} } }""").Faults;
}
