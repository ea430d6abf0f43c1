using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Admin;
using ProxyCluster.GatewayApi.Configuration;
using ProxyCluster.GatewayApi.Providers;
using ProxyCluster.GatewayApi.Routing;
using ProxyCluster.GatewayApi.Secrets;

namespace ProxyCluster.Tests.Unit.Secrets;

/// <summary>Headers of providers: what may be a secret is stored as keys are, and sent as it was given.</summary>
public sealed class StoredProviderHeaderTests : IDisposable
{
    private const string Value = "canary-header-0123456789-abcd";

    private readonly string _file = Path.GetTempFileName();
    private readonly ProxyClusterOptions _options = new() { Secrets = new() { Kek = new('k', 32) } };
    private readonly FakeTimeProvider _clock = new();
    private readonly SecretResolver _secrets;
    private readonly ProviderHeaderReader _reader;

    public StoredProviderHeaderTests()
    {
        var configuration = new ConfigurationInForce(_options);
        var keks = new KekSource(configuration);
        _secrets = new SecretResolver(configuration, keks);
        _reader = new ProviderHeaderReader(keks);
    }

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Header_OfTheApi_IsSealedAndSentAsItWasGiven()
    {
        var definition = Made(Provider(), ("x-gate", Value), ("OpenAI-Project", "p-1"));

        Assert.DoesNotContain("canary", JsonSerializer.Serialize(definition), StringComparison.Ordinal);
        Assert.Equal(["***abcd", "p-1"], definition.Headers.Select(ProviderWriter.Shown));
        Assert.Equal([new("x-gate", Value), new HeaderDefinition("OpenAI-Project", "p-1")], Sent(definition).Values);
    }

    [Fact]
    public void Header_Printed_ShowsNoValue() => Assert.DoesNotContain("canary", $"{new HeaderDefinition("x-gate", Value)}", StringComparison.Ordinal);

    [Fact]
    public void Header_AsItIsShown_Stays()
    {
        var before = Made(Provider(), ("x-gate", Value), ("x-short", "a"));

        var after = Made(before, ("x-gate", "***abcd"), ("X-Short", "***"));

        Assert.Equal(before.Headers.Select(static header => header.Value), after.Headers.Select(static header => header.Value));
        Assert.Equal([Value, "a"], Sent(after).Values.Select(static header => header.Value));
    }

    [Theory]
    [InlineData("***dcba")]
    [InlineData("***")]
    [InlineData("sealed:1:0123456789abcdef::AAAA")]
    [InlineData("config:p")]
    public void Header_ThatStandsForNothingStored_IsRefused(string value)
    {
        var before = Made(Provider(), ("x-gate", Value));

        Assert.Equal(["headers.x-gate"], Read(before, before, ("x-gate", value)).Faults.Select(static fault => fault.Path));
    }

    [Fact]
    public void Header_OfAProviderThatLeadsElsewhere_IsDroppedAndSaidSo()
    {
        var before = Made(Provider(), ("x-gate", Value), ("accept-language", "de"));

        var (after, faults, warning) = Read(before with { BaseUrl = "http://elsewhere.example/v1" }, before, ("x-gate", "***abcd"), ("accept-language", "de"));

        Assert.Equal(["accept-language"], after.Select(static header => header.Name));
        Assert.Empty(faults);
        Assert.StartsWith("stored headers were dropped", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Envelope_UnderTheNameOfAnotherHeader_StaysShut()
    {
        var before = Made(Provider(), ("x-gate", Value));

        var headers = Sent(before with { Headers = [new("x-other", before.Headers[0].Value)] });

        Assert.Empty(headers.Values);
        Assert.Contains("x-other", headers.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", headers.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Header_StoredByRelease01_IsSentAndSealedWithTheNextChange()
    {
        var old = Provider() with { Headers = [new("x-gate", Value)] };
        Assert.Equal(Value, Sent(old).Values.Single().Value);
        Assert.Equal("***", ProviderWriter.Shown(old.Headers[0]));

        var after = Made(old, ("x-gate", "***"));

        Assert.True(SecretEnvelope.IsEnvelope(after.Headers[0].Value));
        Assert.Equal(Value, Sent(after).Values.Single().Value);
    }

    [Fact]
    public void Header_WithoutAKek_IsRefusedUnlessItIsPublicOrAReference()
    {
        _options.Secrets.Kek = null;
        _options.Cluster.Redis = "localhost";
        var reader = new ProviderHeaderReader(new KekSource(new ConfigurationInForce(_options)));
        var faults = new List<AdminFault>();
        var body = Parsed(("x-gate", Value), ("user-agent", "ours"), ("x-other", "${OTHER}"));

        reader.Read(new JsonFields(body, "", faults), Provider(), null, out _);

        Assert.Equal("headers.x-gate", Assert.Single(faults).Path);
        Assert.Contains("Secrets:Kek is not set", faults[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Header_OfTheFile_StaysInTheFile()
    {
        var options = new ProviderOptions { Name = "p", Type = "openai", Headers = { ["x-gate"] = Value, ["x-title"] = "ours", ["x-var"] = "${PC_TEST}" } };
        _options.Providers.Add(options);

        var definition = DefinitionMapping.ToDefinition(options);

        Assert.Equal([new("x-gate", "config:p@x-gate"), new("x-title", "ours"), new HeaderDefinition("x-var", "${PC_TEST}")], definition.Headers);
        Assert.Equal(Value, Sent(definition with { Headers = [definition.Headers[0]] }).Values.Single().Value);
    }

    [Fact]
    public void Header_OfARenewedFile_IsReadAnewAndKeptWhileTheFileIsAway()
    {
        File.WriteAllText(_file, "first-value");
        var headers = Sent(Provider() with { Headers = [new("x-gate", "file:" + _file)] });
        File.WriteAllText(_file, "second-value");
        Assert.Equal("first-value", headers.Values.Single().Value);

        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("second-value", headers.Values.Single().Value);
        File.WriteAllText(_file, "");
        _clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(("second-value", null), (headers.Values.Single().Value, headers.Fault));
    }

    [Fact]
    public void Rotation_OfTheKek_WrapsHeadersAnewAndLeavesTheSecretsTheSame()
    {
        var before = Made(Provider(), ("x-gate", Value), ("x-title", "ours"));
        var ring = new KeyRing(new KeyEncryptionKey(Encoding.UTF8.GetBytes(new string('n', 32))), new KeyEncryptionKey(Encoding.UTF8.GetBytes(new string('k', 32))));

        var after = SecretRewrap.Rewrapped(before, ring)!;

        Assert.NotEqual(before.Headers[0].Value, after.Headers[0].Value);
        Assert.True(SecretEnvelope.AreOfSameSecret(before.Headers[0].Value, after.Headers[0].Value));
        Assert.Equal("ours", after.Headers[1].Value);
        Assert.True(SecretEnvelope.TryOpen(after.Headers[0].Value, ProviderKeyBinding.OfHeader(after, "x-gate"), new KeyRing(ring.Current), out var opened, out _));
        Assert.Equal(Value, opened);
        Assert.Null(SecretRewrap.Rewrapped(after, ring));
    }

    private static ProviderDefinition Provider() => new() { Name = "p", Type = "openai", BaseUrl = "http://upstream.example/v1", Source = DefinitionSource.Api };

    private static JsonElement Parsed(params (string Name, string Value)[] headers) => JsonSerializer.SerializeToElement(
        new { headers = headers.ToDictionary(static header => header.Name, static header => header.Value) });

    private ProviderHeaders Sent(ProviderDefinition definition) => new(definition, _secrets, _clock);

    private ProviderDefinition Made(ProviderDefinition current, params (string Name, string Value)[] headers)
    {
        var (read, faults, warning) = Read(current, current, headers);
        Assert.Equal((0, null), (faults.Count, warning));
        return current with { Headers = [.. read] };
    }

    private (IReadOnlyList<HeaderDefinition> Headers, List<AdminFault> Faults, string? Warning) Read(
        ProviderDefinition next, ProviderDefinition current, params (string Name, string Value)[] headers)
    {
        var faults = new List<AdminFault>();
        var read = _reader.Read(new JsonFields(Parsed(headers), "", faults), next, current, out var warning);
        return (read, faults, warning);
    }
}
