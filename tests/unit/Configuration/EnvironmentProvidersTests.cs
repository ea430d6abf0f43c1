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
    public void Providers_OfTheFile_LeaveTheEnvironmentAlone()
    {
        var options = ConfigurationFiles.Read("""{ "Providers": [ { "Name": "a", "Type": "openai" } ] }""").Options;

        Assert.Equal("a", Assert.Single(options.Providers).Name);
    }
}
