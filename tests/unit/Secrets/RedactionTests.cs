using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Core.Secrets;
using ProxyCluster.GatewayApi.Telemetry;

namespace ProxyCluster.Tests.Unit.Secrets;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("key sk-proj-abcdefghijklmnopqrstuvwxyz was wrong", "key *** was wrong")]
    [InlineData("key sk-ant-api03-abcdefghijklmnop", "key ***")]
    [InlineData("sk-pc-4fGh2kLmN0pQ-abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq123456 is revoked", "*** is revoked")]
    [InlineData("AIzaSyA1234567890abcdefghijklmnopqrstuv", "***")]
    [InlineData("gsk_abcdefghijklmnopqrstuvwxyz", "***")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "***")]
    [InlineData("Authorization: Bearer abcdefgh.ijkl", "Authorization: ***")]
    [InlineData("authorization: basic dXNlcjpwYXNz", "authorization: ***")]
    [InlineData("token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def_ghi", "token ***")]
    [InlineData("GET /v1beta/models?key=planted&alt=sse", "GET /v1beta/models***&alt=sse")]
    [InlineData("redis:6379,password=planted,ssl=true", "redis:6379,***,ssl=true")]
    [InlineData("https://user:planted@host/path", "https***host/path")]
    [InlineData("posted to https://hooks.slack.com/services/T0/B0/planted", "posted to https://***")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIEv\n-----END PRIVATE KEY-----", "***-----END PRIVATE KEY-----")]
    public void Text_WithWhatLooksLikeASecret_IsMasked(string text, string expected) => Assert.Equal(expected, SecretPatterns.Redact(text));

    [Theory]
    [InlineData("01HX4Z3T9C8 /v1/chat/completions gpt-4o-mini of key:4fGh2kLmN0pQ was refused: 429 requests_per_minute")]
    [InlineData("The model 'claude-sonnet-4-5-20250929' does not exist")]
    [InlineData("Circuit of anthropic-eu opened for 30 s; https://api.example.com:8443/v1")]
    [InlineData("task-force-of-the-whole-world and risk-assessment-department")]
    public void Text_WithoutSecrets_StaysAsItIs(string text) => Assert.Same(text, new KnownSecrets().Redact(text));

    [Fact]
    public void Secrets_ThatAreKnown_AreMaskedInEveryForm()
    {
        var known = new KnownSecrets();
        known.Add("hunter+two/three");
        known.Add("hunter+two");
        known.Add("short");
        known.Add(null);

        Assert.Equal("a *** b *** c short", known.Redact("a hunter+two/three b hunter+two c short"));
        Assert.Equal("\"***\"", known.Redact("\"hunter\\u002Btwo/three\""));
        Assert.Equal("q=***", known.Redact("q=hunter%2Btwo%2Fthree"));
    }

    [Theory]
    [InlineData("AKIAIOSFODNN7EXAMPLE:planted/secret+of+aws0000")]
    [InlineData("""{"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"planted/secret+of+aws0000","Version":1}""")]
    [InlineData("{\"SecretAccessKey\":\"planted/secret+of+aws0000\"")]
    public void Secrets_OfSeveralParts_AreMaskedPartByPart(string secret)
    {
        var known = new KnownSecrets();
        known.Add(secret);

        Assert.Equal(secret.EndsWith('"') ? "a planted/secret+of+aws0000" : "a ***", known.Redact("a planted/secret+of+aws0000"));
    }

    [Fact]
    public void Secrets_OfTheConfiguration_AreFoundWhereverTheyStand()
    {
        var options = new ProxyClusterOptions { Auth = { Pepper = "pepper" }, Secrets = new() { Kek = "kek", PreviousKek = "before" } };
        options.Cluster.Redis = "redis";
        options.Outbound.ProxyCredentials = "proxy";
        options.Auth.Keys.Add(new KeyOptions { Name = "name", Key = "client" });
        var provider = new ProviderOptions { Name = "a", Type = "openai", ApiKey = "first" };
        provider.ApiKeys.Add("second");
        options.Providers.Add(provider);

        Assert.Superset(new HashSet<string> { "pepper", "kek", "before", "redis", "proxy", "client", "first", "second" }, SecretTexts.Of(options).ToHashSet());
        Assert.DoesNotContain("name", SecretTexts.Of(options));
        Assert.DoesNotContain("openai", SecretTexts.Of(options));
    }

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public void Log_WithSecretsInTextExceptionAndScope_HoldsNone(string format)
    {
        const string Planted = "planted-redaction-canary";
        KnownSecrets.OfProcess.Add(Planted);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddLogs(new TelemetryOptions { LogFormat = format }));
        using var provider = services.BuildServiceProvider();
        using var written = new StringWriter();
        var formatter = Assert.Single(provider.GetServices<ConsoleFormatter>(), one => one.Name == (format == "json" ? "json" : "simple"));

        var entry = new LogEntry<string>(LogLevel.Error, "category", 1, "says " + Planted, new InvalidOperationException("broken by " + Planted), static (state, _) => state);
        formatter.Write(entry, new LoggerExternalScopeProvider(), written);

        Assert.Contains("says ***", written.ToString(), StringComparison.Ordinal);
        Assert.Contains("broken by ***", written.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Planted, written.ToString(), StringComparison.Ordinal);
        Assert.All(provider.GetServices<ConsoleFormatter>(), one => Assert.IsType<RedactingFormatter>(one));
    }

    [Fact]
    public void Span_WithSecretsInNameTagsAndStatus_IsExportedWithoutThem()
    {
        const string Planted = "planted-span-canary";
        KnownSecrets.OfProcess.Add(Planted);
        using var span = new Activity("GET " + Planted);
        span.SetTag("url.query", "api_key=" + Planted);
        span.SetTag("count", 3);
        span.SetStatus(ActivityStatusCode.Error, "refused " + Planted);

        using var processor = new RedactingProcessor();
        processor.OnEnd(span);

        Assert.Equal(("GET ***", "api_key=***", "refused ***"), (span.DisplayName, span.GetTagItem("url.query"), span.StatusDescription));
        Assert.Equal((3, ActivityStatusCode.Error), (span.GetTagItem("count"), span.Status));
    }
}
