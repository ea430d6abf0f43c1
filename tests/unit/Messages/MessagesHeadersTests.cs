using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.GatewayApi.Messages;
using ProxyCluster.GatewayApi.Pipeline;
using ProxyCluster.GatewayApi.RateLimiting;
using ProxyCluster.Tests.Schemas;
using ProxyCluster.Tests.Unit.Providers;
using ProxyCluster.Tests.Unit.Providers.Anthropic;

namespace ProxyCluster.Tests.Unit.Messages;

public sealed class MessagesHeadersTests
{
    [Fact]
    public void Betas_OfTheList_GoOnAndOthersAreTold()
    {
        var headers = new HeaderDictionary
        {
            ["anthropic-beta"] = new[] { "interleaved-thinking-2025-05-14, files-api-2025-04-14", "claude-code-20250219,x\r\ny,prompt-caching-evil" },
            ["anthropic-version"] = "2023-06-01",
            ["authorization"] = "Bearer sk-client",
            ["x-custom"] = "1",
        };

        var read = MessagesDialect.Instance.ReadHeaders(headers);

        Assert.Equal(
            [new("anthropic-version", "2023-06-01"), new("anthropic-beta", "interleaved-thinking-2025-05-14,claude-code-20250219")],
            read.PassedOn);
        Assert.Equal(
            "anthropic-beta.files-api-2025-04-14: dropped; anthropic-beta.x??y: dropped; anthropic-beta.prompt-caching-evil: dropped", read.Warnings);
    }

    [Theory]
    [InlineData("2023-06-01\r\nx: y")]
    [InlineData("latest")]
    [InlineData("٢٠٢٣-٠٦-٠١")]
    public void Version_ThatIsNoDate_IsNotPassedOn(string version) =>
        Assert.Empty(MessagesDialect.Instance.ReadHeaders(new HeaderDictionary { ["anthropic-version"] = version }).PassedOn);

    [Fact]
    public void Request_ToAnthropic_CarriesTheClientsVersionUnlessConfigured()
    {
        var request = MessagesCase.Ask();
        request.Headers = MessagesDialect.Instance.ReadHeaders(
            new HeaderDictionary { ["anthropic-version"] = "2024-01-01", ["anthropic-beta"] = "context-1m-2025-08-07" });
        var target = AnthropicCase.Target();

        var asClient = AnthropicCase.Adapter.CreateRequest(target, request).Message!;
        var asConfigured = AnthropicCase.Adapter.CreateRequest(
            target with { Definition = target.Definition with { ApiVersion = "2027-01-01" } }, request).Message!;

        Assert.Equal("2024-01-01", Assert.Single(asClient.Headers.GetValues("anthropic-version")));
        Assert.Equal("context-1m-2025-08-07", Assert.Single(asClient.Headers.GetValues("anthropic-beta")));
        Assert.Equal("2027-01-01", Assert.Single(asConfigured.Headers.GetValues("anthropic-version")));
    }

    [Fact]
    public void Limits_InAnthropicsHeaders_ComeBesideTheOthers()
    {
        var headers = new HeaderDictionary();
        var decision = new LimitDecision(null, 60, 59, TimeSpan.FromSeconds(30));

        MessagesDialect.Instance.WriteLimits(headers, decision, new FakeTimeProvider(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero)));

        Assert.Equal("60", headers["anthropic-ratelimit-requests-limit"]);
        Assert.Equal("59", headers["anthropic-ratelimit-requests-remaining"]);
        Assert.Equal("2026-01-02T03:04:35Z", headers["anthropic-ratelimit-requests-reset"]);
        Assert.Equal("60", headers["x-ratelimit-limit-requests"]);
    }

    [Theory]
    [InlineData((int)InferenceOperation.Messages, "https://api.anthropic.com/v1/messages")]
    [InlineData((int)InferenceOperation.CountTokens, "https://api.anthropic.com/v1/messages/count_tokens")]
    public async Task Body_ToAnthropic_IsTheClientsOwnButForTheModel(int operation, string url)
    {
        const string Body = """{ "x_new": [1, 2.50], "model" : "my-alias", "messages":[{"role":"user","content":"H\u00e9"}], "max_tokens":9 }""";

        using var message = AnthropicCase.Adapter.CreateRequest(AnthropicCase.Target(), MessagesCase.Request(Body, (InferenceOperation)operation)).Message!;

        Assert.Equal(url, message.RequestUri!.ToString());
        Assert.Equal(
            Body.Replace("\"my-alias\"", "\"claude-opus-4-6\"", StringComparison.Ordinal),
            await message.Content!.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Betas_ThatAnthropicPublishes_AreEachDecidedInTheDocuments()
    {
        var rows = Documents.Table("../messages.md", "| Betas |").SkipLast(1).ToList();
        var decided = rows.SelectMany(static cells => cells[0].Split(", ").Select(name => (Name: name.Trim('`'), Verdict: cells[1]))).ToDictionary(static row => row.Name, static row => row.Verdict);

        Assert.Equal(MessagesHeaders.Allowed.Order(StringComparer.Ordinal), decided.Where(static row => row.Value == "passed").Select(static row => row.Key).Order(StringComparer.Ordinal));
        var published = PublishedSchemas.Of("anthropic").Words("betas").Select(static beta => Regex.Replace(beta, "-[0-9]{4}-[0-9]{2}-[0-9]{2}$", ""));
        Assert.Equal([], published.Except(decided.Keys));
    }
}
