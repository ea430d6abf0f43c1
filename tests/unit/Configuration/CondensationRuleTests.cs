namespace ProxyCluster.Tests.Unit.Configuration;

public sealed class CondensationRuleTests
{
    [Theory]
    [InlineData("""{ "Condensation": { "Strategy": "hybird" } }""", "Condensation:Strategy")]
    [InlineData("""{ "Condensation": { "Models": { "smart": { "Strategy": "tempral" } } } }""", "Condensation:Models:smart:Strategy")]
    [InlineData("""{ "Condensation": { "Models": { "gpt-*": { "Automatic": true } } } }""", "Condensation:Models:gpt-*")]
    [InlineData("""{ "Condensation": { "SummaryModel": " " } }""", "Condensation:SummaryModel")]
    [InlineData("""{ "Condensation": { "TimeLimitMs": 0 } }""", "Condensation:TimeLimitMs")]
    [InlineData("""{ "Condensation": { "Words": { "de": { "Rules": [ "immer", "auf jeden Fall" ] } } } }""", "Condensation:Words:de")]
    [InlineData("""{ "Condensation": { "Words": { "de": { "Stop": [ "" ] } } } }""", "Condensation:Words:de")]
    [InlineData("""{ "Condensation": { "Words": { "de": { "Wichtig": [ "immer" ] } } } }""", "Condensation:Words:de:Wichtig")]
    [InlineData("""{ "Condensation": { "Words": { "de": { "Topics": { "billing": { "Words": [ "die Rechnung" ] } } } } } }""", "Condensation:Words:de")]
    [InlineData("""{ "Condensation": { "Words": { "de": { "Topics": { "a\nb": { "Words": [ "Rechnung" ] } } } } } }""", "Condensation:Words:de:Topics:a\nb")]
    public void Setting_ThatCannotBeFollowed_IsToldByItsPath(string json, string path) =>
        Assert.Equal(path, ConfigurationFiles.OnlyFault(json).Path);
}
