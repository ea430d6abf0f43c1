namespace ProxyCluster.Tests.Unit.Configuration;

public sealed class CondensationRuleTests
{
    [Theory]
    [InlineData("""{ "Condensation": { "Strategy": "hybird" } }""", "Condensation:Strategy")]
    [InlineData("""{ "Condensation": { "Models": { "smart": { "Strategy": "tempral" } } } }""", "Condensation:Models:smart:Strategy")]
    [InlineData("""{ "Condensation": { "Models": { "gpt-*": { "Automatic": true } } } }""", "Condensation:Models:gpt-*")]
    [InlineData("""{ "Condensation": { "SummaryModel": " " } }""", "Condensation:SummaryModel")]
    [InlineData("""{ "Condensation": { "TimeLimitMs": 0 } }""", "Condensation:TimeLimitMs")]
    public void Setting_ThatCannotBeFollowed_IsToldByItsPath(string json, string path) =>
        Assert.Equal(path, ConfigurationFiles.OnlyFault(json).Path);
}
