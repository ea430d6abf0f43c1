using ProxyCluster.Core.Providers;
using ProxyCluster.GatewayApi.Configuration;

namespace ProxyCluster.Tests.Unit.Configuration;

public sealed class EnvironmentProvidersTests
{
    [Fact]
    public void Machine_WithNothing_GetsTheSimulator()
    {
        var provider = Assert.Single(ConfigurationFiles.EmptyMachine.Find());

        Assert.Equal(("simulator", DefinitionSource.Environment), (provider.Type, provider.Source));
    }

    [Fact]
    public void Machine_WithKeysAndOllama_GetsEachOfThem()
    {
        var found = new EnvironmentProviders(name => name is "OPENAI_API_KEY" or "ANTHROPIC_API_KEY" ? "secret" : null, () => true).Find();

        Assert.Equal(["openai", "anthropic", "ollama"], found.Select(provider => provider.Type));
        Assert.Equal("${OPENAI_API_KEY}", found[0].ApiKey);
    }

    [Theory]
    [InlineData("CO_API_KEY")]
    [InlineData("COHERE_API_KEY")]
    public void Cohere_ByEitherOfItsVariables_IsOneProvider(string name)
    {
        var alone = new EnvironmentProviders(variable => variable == name ? "secret" : null, () => false).Find();
        var both = new EnvironmentProviders(variable => variable is "CO_API_KEY" or "COHERE_API_KEY" ? "secret" : null, () => false).Find();

        Assert.Equal(("cohere", $"${{{name}}}"), (Assert.Single(alone).Type, alone[0].ApiKey));
        Assert.Single(both);
    }

    [Fact]
    public void Azure_WithoutItsEndpoint_IsLeftOut()
    {
        var found = new EnvironmentProviders(name => name is "AZURE_OPENAI_API_KEY" ? "secret" : null, () => false).Find();

        Assert.Equal("simulator", Assert.Single(found).Type);
    }

    [Fact]
    public void Bedrock_WithItsKeyAndARegion_IsFoundThere()
    {
        var found = new EnvironmentProviders(
            name => name switch { "AWS_BEARER_TOKEN_BEDROCK" => "secret", "AWS_DEFAULT_REGION" => "eu-west-1", _ => null }, () => false).Find();

        var provider = Assert.Single(found);
        Assert.Equal(
            ("bedrock", "${AWS_BEARER_TOKEN_BEDROCK}", "https://bedrock-runtime.eu-west-1.amazonaws.com"), (provider.Type, provider.ApiKey, provider.BaseUrl));
        Assert.DoesNotContain(provider.Models, static model => model.Id == "*");
    }

    [Theory]
    [InlineData("AWS_BEARER_TOKEN_BEDROCK")] // no region
    [InlineData("AWS_ACCESS_KEY_ID")]
    public void Bedrock_WithHalfOfIt_IsLeftOut(string variable) =>
        Assert.Equal("simulator", Assert.Single(new EnvironmentProviders(name => name == variable ? "x" : null, () => false).Find()).Type);

    [Fact]
    public void Providers_OfTheFile_LeaveTheEnvironmentAlone()
    {
        var options = ConfigurationFiles.Read("""{ "Providers": [ { "Name": "a", "Type": "openai" } ] }""").Options;

        Assert.Equal("a", Assert.Single(options.Providers).Name);
    }
}
