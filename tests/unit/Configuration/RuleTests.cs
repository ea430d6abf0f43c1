namespace ProxyCluster.Tests.Unit.Configuration;

public sealed class RuleTests
{
    private const string Simulator = """{ "Name": "a", "Type": "simulator", "Models": ["m", "x-*"] }""";

    [Theory]
    [InlineData("""{ "Listen": { "Data": "http://127.0.0.1:90", "Admin": "http://127.0.0.1:90" } }""", "Listen:Admin")]
    [InlineData("""{ "Listen": { "Data": "http://example.com:80" } }""", "Listen:Data")]
    [InlineData("""{ "Cluster": { "SiloPort": 5000, "GatewayPort": 5000 } }""", "Cluster:GatewayPort")]
    [InlineData("""{ "Cluster": { "AdvertisedAddress": "here" } }""", "Cluster:AdvertisedAddress")]
    [InlineData("""{ "Telemetry": { "OtlpEndpoint": "collector" } }""", "Telemetry:OtlpEndpoint")]
    [InlineData("""{ "Routing": { "Weights": { "Performance": 0, "Cost": 0, "Reliability": 0, "Load": 0 } } }""", "Routing:Weights")]
    [InlineData("""{ "RateLimits": { "RequestsPerMinute": 2000 } }""", "RateLimits:RequestsPerHour")]
    [InlineData("""{ "Auth": { "Keys": [ { "Key": "k" } ] } }""", "Auth:Keys[0]:Name")]
    [InlineData("""{ "Auth": { "Keys": [ { "Name": "n", "Key": "${PC_TEST_UNSET}" } ] } }""", "Auth:Keys[0]:Key")]
    [InlineData("""{ "Auth": { "Required": true }, "Cluster": { "Redis": "localhost" } }""", "Auth:Pepper")]
    [InlineData("""{ "Auth": { "PreviousPepper": "0123456789abcdef0123456789abcdef" }, "Cluster": { "Redis": "localhost" } }""", "Auth:PreviousPepper")]
    [InlineData("""{ "Auth": { "PreviousPepper": "${ZQ7_NOT_THERE}" } }""", "Auth:PreviousPepper")]
    [InlineData("""{ "Cluster": { "Redis": "${PC_TEST_UNSET}" } }""", "Cluster:Redis")]
    [InlineData("""{ "Providers": [ { "Name": "A", "Type": "simulator" } ] }""", "Providers[0]:Name")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "azure-openai", "ApiKey": "k" } ] }""", "Providers[0]:BaseUrl")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "anthropic" } ] }""", "Providers[0]:ApiKey")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "openai", "ApiKey": "file:/nowhere/key" } ] }""", "Providers[0]:ApiKey")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "openai", "ApiKey": "literal" } ], "Role": "silo" }""", "Providers[0]:ApiKey")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "openai", "BaseUrl": "ftp://x" } ] }""", "Providers[0]:BaseUrl")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "openai", "BaseUrl": "https://user:password@x" } ] }""", "Providers[0]:BaseUrl")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "simulator", "ApiKeys": [ "${PC_TEST_UNSET}" ] } ] }""", "Providers[0]:ApiKeys[0]")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "simulator", "Proxy": "http://user:password@proxy" } ] }""", "Providers[0]:Proxy")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "simulator", "CertificateAuthorities": "/nowhere/ca.pem" } ] }""", "Providers[0]:CertificateAuthorities")]
    [InlineData("""{ "Outbound": { "Proxy": "proxy" } }""", "Outbound:Proxy")]
    [InlineData("""{ "Outbound": { "ProxyCredentials": "${PC_TEST_UNSET}" } }""", "Outbound:ProxyCredentials")]
    [InlineData("""{ "Outbound": { "CertificateAuthorities": "/nowhere/ca.pem" } }""", "Outbound:CertificateAuthorities")]
    [InlineData("""{ "Pools": { "MinSize": 60 } }""", "Pools:MaxSize")]
    [InlineData("""{ "Pools": { "MaxSlowSize": 40 } }""", "Pools:MaxSlowSize")]
    [InlineData("""{ "Pools": { "WindowSeconds": 4 } }""", "Pools:WindowSeconds")]
    [InlineData("""{ "Pools": { "RecycleSeconds": 30 } }""", "Pools:RecycleSeconds")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "simulator", "TimeoutSeconds": 700 } ] }""", "Providers[0]:TimeoutSeconds")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "simulator", "ReasoningTimeoutSeconds": 700 } ] }""", "Providers[0]:ReasoningTimeoutSeconds")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "simulator", "AnswerTimeoutSeconds": 700 } ] }""", "Providers[0]:AnswerTimeoutSeconds")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "simulator", "Headers": { "Host": "x" } } ] }""", "Providers[0]:Headers:Host")]
    [InlineData("""{ "Providers": [ { "Name": "a", "Type": "simulator", "Models": ["a*b"] } ] }""", "Providers[0]:Models[0]:Id")]
    [InlineData("""{ "Hooks": [ { "Type": "redakt" } ] }""", "Hooks[0]:Type")]
    [InlineData("""{ "Hooks": [ { } ] }""", "Hooks[0]:Type")]
    [InlineData("""{ "Hooks": [ { "Type": "redact" } ] }""", "Hooks[0]:Settings:Patterns")]
    [InlineData("""{ "Hooks": [ { "Type": "guardrail", "Settings": { "Deny": [ { "Name": "a", "Pattern": "a" } ], "Denny": [] } } ] }""", "Hooks[0]:Settings:Denny")]
    [InlineData("""{ "Hooks": [ { "Type": "guardrail", "Settings": { "Deny": [ { "Name": "a", "Pattern": "(" } ] } } ] }""", "Hooks[0]:Settings:Deny[0]:Pattern")]
    [InlineData("""{ "Hooks": [ { "Type": "guardrail", "Settings": { "Deny": [ { "Name": "a", "Pattern": "(?=a)" } ] } } ] }""", "Hooks[0]:Settings:Deny[0]:Pattern")]
    [InlineData("""{ "Hooks": [ { "Type": "guardrail", "Settings": { "Deny": [ { "Pattern": "a" } ] } } ] }""", "Hooks[0]:Settings:Deny[0]:Name")]
    [InlineData("""{ "Hooks": [ { "Type": "guardrail", "Settings": { "Deny": [ { "Name": "a", "Pattern": "a" } ], "WindowCharacters": 0 } } ] }""", "Hooks[0]:Settings:WindowCharacters")]
    [InlineData("""{ "Hooks": [ { "Type": "guardrail", "Models": [ "a*b" ], "Settings": { "Deny": [ { "Name": "a", "Pattern": "a" } ] } } ] }""", "Hooks[0]:Models[0]")]
    [InlineData("""{ "Hooks": [ { "Type": "guardrail", "TimeoutMs": 0, "Settings": { "Deny": [ { "Name": "a", "Pattern": "a" } ] } } ] }""", "Hooks[0]:TimeoutMs")]
    public void Configuration_ThatBreaksOneRule_IsToldWhere(string json, string path)
    {
        Assert.Equal(path, ConfigurationFiles.OnlyFault(json).Path);
    }

    [Fact]
    public void Providers_OfOneName_AreRefused()
    {
        Assert.Equal("Providers[1]:Name", ConfigurationFiles.OnlyFault($$"""{ "Providers": [ {{Simulator}}, {{Simulator}} ] }""").Path);
    }

    [Fact]
    public void TotalTime_BelowTheUsualOneOfModelsThatThink_IsGood() =>
        Assert.Empty(ConfigurationFiles.Read("""{ "Providers": [ { "Name": "a", "Type": "simulator", "TotalTimeoutSeconds": 60 } ] }""").Faults);

    [Fact]
    public void Key_OfAProviderThatIsOff_MayBeMissing()
    {
        Assert.Empty(ConfigurationFiles.Read("""{ "Providers": [ { "Name": "a", "Type": "anthropic", "Enabled": false, "ApiKey": "${PC_TEST_UNSET}" } ] }""").Faults);
    }

    [Theory]
    [InlineData("a/m")]
    [InlineData("m")]
    [InlineData("x-large")]
    [InlineData("a/x-large")]
    public void Alias_OfAModelThatIsServed_IsGood(string target)
    {
        Assert.Empty(ConfigurationFiles.Read($$"""{ "Providers": [ {{Simulator}} ], "Aliases": { "smart": { "Models": ["{{target}}"] } } }""").Faults);
    }

    [Theory]
    [InlineData("a/n", "Write 'a/m' if that is meant.")]
    [InlineData("smart", "An alias cannot stand for itself.")]
    public void Alias_OfNothing_IsRefused(string target, string cure)
    {
        var fault = ConfigurationFiles.OnlyFault($$"""{ "Providers": [ {{Simulator}} ], "Aliases": { "smart": { "Models": ["{{target}}"] } } }""");

        Assert.Equal("Aliases:smart:Models[0]", fault.Path);
        Assert.EndsWith(cure, fault.Cure, StringComparison.Ordinal);
    }
}
