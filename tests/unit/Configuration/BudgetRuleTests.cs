namespace ProxyCluster.Tests.Unit.Configuration;

public sealed class BudgetRuleTests
{
    [Theory]
    [InlineData("""{ "Keys": { "TokensPerMinute": 10, "TokensPerHour": 9 } }""", "Budgets:Keys:TokensPerHour")]
    [InlineData("""{ "Teams": { "DollarsPerDay": 10, "DollarsPerMonth": 9 } }""", "Budgets:Teams:DollarsPerMonth")]
    [InlineData("""{ "Models": [ { "DollarsPerDay": 10 } ] }""", "Budgets:Models[0]:Name")]
    [InlineData("""{ "Models": [ { "Name": "a" }, { "Name": "a" } ] }""", "Budgets:Models[1]:Name")]
    [InlineData("""{ "Users": { "DollarsPerDay": -1 } }""", "Budgets:Users:DollarsPerDay")]
    [InlineData("""{ "OnUnknownPrice": "guess" }""", "Budgets:OnUnknownPrice")]
    public void Budget_ThatCannotBeMeant_IsNamedByItsPath(string budgets, string path) =>
        Assert.Equal(path, ConfigurationFiles.OnlyFault($$"""{ "Budgets": {{budgets}} }""").Path);
}
