using ProxyCluster.Core.Configuration;

namespace ProxyCluster.Tests.Unit.Configuration;

public sealed class LimitRulesTests
{
    private static readonly ConfigurationContext Context = new() { ProviderTypes = [], IsGateway = true, IsReference = _ => false, ReferenceFault = _ => null };

    [Fact]
    public void Levels_OfTheFile_AreRead()
    {
        var options = new RateLimitOptions { Models = { new ModelLimitOptions { Name = "gpt-4o*", RequestsPerMinute = 5 } } };

        Assert.Empty(LimitRules.Check(options, Context));
    }

    [Fact]
    public void HourBelowTheMinute_IsAFaultOnEveryLevel()
    {
        var options = new RateLimitOptions
        {
            RequestsPerMinute = 10,
            RequestsPerHour = 5,
            Users = new() { RequestsPerMinute = 10, RequestsPerHour = 5 },
            Teams = new() { RequestsPerMinute = 10, RequestsPerHour = 5 },
            Models = { new ModelLimitOptions { Name = "m", RequestsPerMinute = 10, RequestsPerHour = 5 } },
        };

        Assert.Equal(
            ["RateLimits:RequestsPerHour", "RateLimits:Users:RequestsPerHour", "RateLimits:Teams:RequestsPerHour", "RateLimits:Models[0]:RequestsPerHour"],
            LimitRules.Check(options, Context).Select(fault => fault.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("gpt-ü")]
    public void ModelsName_ThatNoSubjectCanHave_IsAFault(string name)
    {
        var options = new RateLimitOptions { Models = { new ModelLimitOptions { Name = name } } };

        Assert.Equal("RateLimits:Models[0]:Name", Assert.Single(LimitRules.Check(options, Context)).Path);
    }

    [Fact]
    public void ModelsName_GivenTwice_IsAFault()
    {
        var options = new RateLimitOptions { Models = { new ModelLimitOptions { Name = "m" }, new ModelLimitOptions { Name = "m" } } };

        Assert.Equal("RateLimits:Models[1]:Name", Assert.Single(LimitRules.Check(options, Context)).Path);
    }
}
