using System.Buffers;
using System.Text.Json;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Providers.OpenAi;
using ProxyCluster.GatewayApi.Secrets;

namespace ProxyCluster.Tests.Unit.Secrets;

/// <summary>Keys of providers as the admin API takes, keeps, drops and shows them.</summary>
public sealed class StoredProviderKeyTests
{
    private const string Key = "sk-canary-0123456789-abcd";

    private readonly KekSource _keks;
    private readonly ProviderReader _reader;
    private readonly SecretResolver _secrets;

    public StoredProviderKeyTests()
    {
        var configuration = new ConfigurationInForce(new ProxyClusterOptions { Secrets = new() { Kek = new('k', 32) } });
        _keks = new KekSource(configuration);
        _secrets = new SecretResolver(configuration, _keks);
        _reader = Reader(_keks);
    }

    [Fact]
    public void Key_SentItself_IsSealedAndNeverShown()
    {
        var definition = Made($$"""{{Base}},"apiKey":"{{Key}}","apiKeys":["{{Key}}2","${OTHER}"]}""");

        Assert.Equal([Key, Key + "2"], [Opened(definition, definition.ApiKey), Opened(definition, definition.ApiKeys[0])]);
        Assert.Equal("${OTHER}", definition.ApiKeys[1]);
        Assert.DoesNotContain("canary", JsonSerializer.Serialize(definition), StringComparison.Ordinal);
        Assert.DoesNotContain("canary", definition.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"apiKey\":\"***abcd\"", Shown(definition), StringComparison.Ordinal);
    }

    [Fact]
    public void Put_WithoutTheKey_KeepsIt()
    {
        var before = Made($$"""{{Base}},"apiKey":"{{Key}}","apiKeys":["{{Key}}2"]}""");
        var after = Made(Base + "}", before, AbsentKey.Kept);

        Assert.Equal((before.ApiKey, before.ApiKeys[0]), (after.ApiKey, after.ApiKeys.Single()));
    }

    [Fact]
    public void Put_WithTheKeyAsItIsShown_KeepsIt()
    {
        var before = Made($$"""{{Base}},"apiKey":"{{Key}}","apiKeys":["first-key-of-two-same","other-key-of-two-same"]}""");
        var after = Made(Shown(before), before, AbsentKey.Kept);

        Assert.Equal(before.ApiKey, after.ApiKey);
        Assert.Equal(before.ApiKeys, after.ApiKeys);
    }

    [Fact]
    public void Put_WithNull_DropsTheKey()
    {
        var before = Made($$"""{{Base}},"apiKey":"{{Key}}","apiKeys":["{{Key}}2"]}""");
        var after = Made(Base + ""","apiKey":null,"apiKeys":null}""", before, AbsentKey.Kept);

        Assert.Null(after.ApiKey);
        Assert.Empty(after.ApiKeys);
    }

    [Theory]
    [InlineData("""{"name":"p","type":"free","baseUrl":"http://elsewhere.example/v1"}""")]
    [InlineData("""{"name":"p","type":"free","baseUrl":"http://upstream.example/v1","proxy":"http://elsewhere.example:3128"}""")]
    [InlineData("""{"name":"p","type":"other","baseUrl":"http://upstream.example/v1"}""")]
    public void Put_ThatSendsElsewhere_DropsTheStoredKeyAndSaysSo(string body)
    {
        var before = Made($$"""{{Base}},"apiKey":"{{Key}}","apiKeys":["${OTHER}"]}""");
        var (after, _, warning) = Read(body, before, AbsentKey.Kept);

        Assert.Null(after!.ApiKey);
        Assert.Equal(["${OTHER}"], after.ApiKeys);
        Assert.StartsWith("the stored key was dropped", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Put_ThatSendsElsewhere_IsRefusedWhereAKeyIsNeeded()
    {
        var before = Made($$"""{"name":"p","type":"needy","baseUrl":"http://upstream.example/v1","apiKey":"{{Key}}"}""");
        var (after, problem, _) = Read("""{"name":"p","type":"needy","baseUrl":"http://elsewhere.example/v1"}""", before, AbsentKey.Kept);

        Assert.Null(after);
        Assert.Equal("apiKey", Assert.Single(problem!.Errors).Path);
    }

    [Theory]
    [InlineData("***wxyz")]
    [InlineData("sealed:1:0000000000000000::AAAA")]
    [InlineData("config:p")]
    [InlineData("sk-\u00e9\u00e9\u00e9\u00e9")]
    public void Key_ThatIsNone_IsRefusedWithoutBeingRepeated(string key)
    {
        var (definition, problem, _) = Read($$"""{{Base}},"apiKey":"{{key}}"}""");

        Assert.Null(definition);
        var fault = Assert.Single(problem!.Errors);
        Assert.Equal("apiKey", fault.Path);
        Assert.DoesNotContain(key, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_SentToAClusterWithoutAKek_IsRefusedAndAReferenceIsTaken()
    {
        var options = new ProxyClusterOptions();
        options.Cluster.Redis = "localhost";
        var reader = Reader(new KekSource(new ConfigurationInForce(options)));

        var (refused, problem, _) = reader.Read(Parsed($$"""{{Base}},"apiKey":"{{Key}}"}"""), null);
        var (taken, _, _) = reader.Read(Parsed(Base + ""","apiKey":"${KEY}"}"""), null);

        Assert.Null(refused);
        Assert.StartsWith("Secrets:Kek is not set", Assert.Single(problem!.Errors).Message, StringComparison.Ordinal);
        Assert.Equal("${KEY}", taken!.ApiKey);
    }

    [Fact]
    public void Definition_PointedElsewhereInTheStore_LeavesItsKeyShut()
    {
        var definition = Made($$"""{{Base}},"apiKey":"{{Key}}"}""") with { BaseUrl = "http://evil.example/v1" };

        Assert.False(_secrets.TryResolve(definition.ApiKey!, ProviderKeyBinding.Of(definition), out _, out _));
    }

    [Fact]
    public void Keys_UnderTheKekBefore_AreWrappedAnewAndStillOpen()
    {
        var definition = Made($$"""{{Base}},"apiKey":"{{Key}}","apiKeys":["${OTHER}","{{Key}}2"]}""");
        var next = new KeyRing(new KeyEncryptionKey(new byte[32]), _keks.Ring!.Current);

        var wrapped = SecretRewrap.Rewrapped(definition, next)!;

        Assert.True(SecretEnvelope.TryOpen(wrapped.ApiKey!, ProviderKeyBinding.Of(wrapped), new KeyRing(next.Current), out var secret, out _));
        Assert.Equal((Key, "${OTHER}"), (secret, wrapped.ApiKeys[0]));
        Assert.Null(SecretRewrap.Rewrapped(wrapped, next));
    }

    private const string Base = """{"name":"p","type":"free","baseUrl":"http://upstream.example/v1" """;

    private static ProviderReader Reader(KekSource keks) => new(
        [
            new OpenAiAdapter(new OpenAiDialect("needy") { BaseUrl = "http://needy.example/v1", NeedsKey = true }, TimeProvider.System),
            new OpenAiAdapter(new OpenAiDialect("free") { BaseUrl = "http://free.example/v1", NeedsKey = false }, TimeProvider.System),
            new OpenAiAdapter(new OpenAiDialect("other") { BaseUrl = "http://other.example/v1", NeedsKey = false }, TimeProvider.System),
        ],
        new ProviderKeyReader(keks));

    private static JsonElement Parsed(string body) => AdminBody.Parse(System.Text.Encoding.UTF8.GetBytes(body)).Object;

    private static string Shown(ProviderDefinition definition)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            ProviderWriter.WriteFields(json, definition);
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private ProviderReading Read(string body, ProviderDefinition? current = null, AbsentKey absent = AbsentKey.Dropped) =>
        _reader.Read(Parsed(body), null, current, absent);

    private ProviderDefinition Made(string body, ProviderDefinition? current = null, AbsentKey absent = AbsentKey.Dropped)
    {
        var (definition, problem, _) = Read(body, current, absent);
        Assert.True(definition is not null, string.Join("; ", problem?.Errors ?? []));
        return definition;
    }

    private string Opened(ProviderDefinition definition, string? stored)
    {
        Assert.True(_secrets.TryResolve(stored!, ProviderKeyBinding.Of(definition), out var secret, out var fault), fault);
        return secret!.Reveal();
    }
}
