namespace ProxyCluster.Tests.Unit.Configuration;

public sealed class AccessRuleTests
{
    private const string Secret = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "JwksUrl": "http://issuer.example/jwks" }""", "JwksUrl")]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "JwksUrl": "https://user:password@issuer.example/jwks" }""", "JwksUrl")]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "JwksUrl": "file:///etc/passwd" }""", "JwksUrl")]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "JwksUrl": "https://issuer.example/jwks", "Algorithms": ["RS256", "HS256"] }""", "Algorithms[1]")]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "Secret": "0123456789abcdef0123456789abcdef", "Algorithms": ["RS256"] }""", "Algorithms[0]")]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "Secret": "short" }""", "Secret")]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "Secret": "${PC_TEST_UNSET}" }""", "Secret")]
    [InlineData("""{ "Issuer": "", "Audience": "a", "JwksUrl": "https://issuer.example/jwks" }""", "Issuer")]
    [InlineData("""{ "Issuer": "i", "JwksUrl": "https://issuer.example/jwks" }""", "Audience")]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "JwksUrl": "https://issuer.example/jwks", "Roles": { "x": "amdin" } }""", "Roles:x")]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "JwksUrl": "https://issuer.example/jwks", "DefaultRole": "root" }""", "DefaultRole")]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "JwksUrl": "https://issuer.example/jwks", "UserPrefix": "a b" }""", "UserPrefix")]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "JwksUrl": "https://issuer.example/jwks", "Algorithms": ["none"] }""", "Algorithms[0]")]
    public void Issuer_ThatCannotBeTrusted_IsRefused(string issuer, string setting) =>
        Assert.Equal($"Auth:Jwt[0]:{setting}", ConfigurationFiles.OnlyFault($$"""{ "Auth": { "Jwt": [ {{issuer}} ] } }""").Path);

    [Theory]
    [InlineData("""{ "Issuer": "i", "Audience": "a" }""")]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "JwksUrl": "https://issuer.example/jwks", "Secret": "0123456789abcdef0123456789abcdef" }""")]
    public void Issuer_WithNoKeysOrTwoKinds_IsRefused(string issuer) =>
        Assert.Equal("Auth:Jwt[0]", ConfigurationFiles.OnlyFault($$"""{ "Auth": { "Jwt": [ {{issuer}} ] } }""").Path);

    [Theory]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "JwksUrl": "https://issuer.example/jwks", "Roles": { "x": "editor" }, "DefaultRole": "" }""")]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "JwksUrl": "http://127.0.0.1:9000/jwks" }""")]
    [InlineData("""{ "Issuer": "i", "Audience": "a", "Secret": "0123456789abcdef0123456789abcdef", "Algorithms": ["HS512"] }""")]
    public void Issuer_Good_IsTaken(string issuer) =>
        Assert.Empty(ConfigurationFiles.Read($$"""{ "Auth": { "Jwt": [ {{issuer}} ] } }""").Faults);

    [Theory]
    [InlineData("", "", 2)]
    [InlineData("\"UserPrefix\": \"a:\",", "", 1)]
    [InlineData("\"UserPrefix\": \"a:\",", "\"UserPrefix\": \"b:\",", 0)]
    [InlineData("\"UserPrefix\": \"\",", "\"UserPrefix\": \"\",", 0)]
    public void Issuers_Several_NeedPrefixes(string first, string second, int faults) =>
        Assert.Equal(faults, ConfigurationFiles.Read($$"""
            { "Auth": { "Jwt": [
                { {{first}} "Issuer": "one", "Audience": "a", "Secret": "{{Secret}}" },
                { {{second}} "Issuer": "two", "Audience": "a", "Secret": "{{Secret}}" } ] } }
            """).Faults.Count);

    [Theory]
    [InlineData("""{ "Roles": { "auditor": { "Permissions": ["security.raed"] } } }""", "Auth:Roles:auditor:Permissions[0]")]
    [InlineData("""{ "Keys": [ { "Name": "n", "Key": "k", "Roles": ["auditor"] } ] }""", "Auth:Keys[0]:Roles[0]")]
    public void Role_ThatIsNotThere_IsRefused(string auth, string path) =>
        Assert.Equal(path, ConfigurationFiles.OnlyFault($$"""{ "Auth": {{auth}} }""").Path);

    [Fact]
    public void Role_OfTheFile_IsTakenForKeys() => Assert.Empty(ConfigurationFiles.Read(
        """{ "Auth": { "Roles": { "auditor": { "Permissions": ["security.read"] } }, "Keys": [ { "Name": "n", "Key": "k", "Roles": ["auditor", "viewer"] } ] } }""").Faults);
}
