using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Secrets;

namespace ProxyCluster.Tests.Unit.Configuration;

public sealed class SecretResolverTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Reference_ToAFile_IsItsTextWithoutTheLineBreak()
    {
        File.WriteAllText(_file, "secret\n");

        Assert.True(Resolver().TryResolve("file:" + _file, out var secret, out _));
        Assert.Equal("secret", secret!.Reveal());
    }

    [Fact]
    public void Reference_ToAProviderOfTheConfiguration_IsItsLiteral()
    {
        Assert.True(Resolver().TryResolve("config:a", out var secret, out _));
        Assert.Equal("literal", secret!.Reveal());
    }

    [Theory]
    [InlineData("${PC_TEST_UNSET}", "The environment variable PC_TEST_UNSET is not set.")]
    [InlineData("config:b", "This process's configuration has no key for that provider.")]
    [InlineData("literal", "It is neither ${NAME} nor file:/path.")]
    public void Reference_ToNothing_SaysWhatIsMissing(string reference, string expected)
    {
        Assert.False(Resolver().TryResolve(reference, out var secret, out var fault));
        Assert.Null(secret);
        Assert.Equal(expected, fault);
    }

    [Fact]
    public void Reference_ToSeveralVariables_JoinsThem()
    {
        Environment.SetEnvironmentVariable("PC_TEST_ID", "id ");
        Environment.SetEnvironmentVariable("PC_TEST_SECRET", "secret");

        Assert.True(Resolver().TryResolve("${PC_TEST_ID}:${PC_TEST_SECRET}", out var secret, out _));
        Assert.Equal("id:secret", secret!.Reveal());
        Assert.False(Resolver().TryResolve("${PC_TEST_ID}:${PC_TEST_UNSET}", out _, out var fault));
        Assert.Equal("The environment variable PC_TEST_UNSET is not set.", fault);
    }

    [Theory]
    [InlineData("${PC_TEST_ID}${PC_TEST_ID}")]
    [InlineData("${PC_TEST_ID}:literal")]
    [InlineData(":${PC_TEST_ID}")]
    [InlineData("${PC_TEST_ID}:")]
    public void Reference_MixedWithOtherText_IsALiteral(string text) => Assert.False(SecretReference.TryParse(text, out _));

    [Fact]
    public void Reference_ToAFileThatIsMissing_NamesIt()
    {
        Assert.False(Resolver().TryResolve("file:/nowhere/key", out _, out var fault));
        Assert.StartsWith("The file /nowhere/key cannot be read:", fault, StringComparison.Ordinal);
    }

    private static SecretResolver Resolver()
    {
        var configuration = new ConfigurationInForce(ConfigurationFiles.Read("""{ "Providers": [ { "Name": "a", "Type": "openai", "ApiKey": "literal" } ] }""").Options);
        return new(configuration, new KekSource(configuration));
    }
}
