using ProxyCluster.GatewayApi.Providers.Bedrock;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

/// <summary>How requests prove who sends them.</summary>
public sealed class BedrockAuthorizationTests
{
    private const string Pair = "AKIAIOSFODNN7EXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    [Fact]
    public void Request_WithAnApiKey_CarriesIt()
    {
        using var message = BedrockCase.Adapter.CreateRequest(BedrockCase.Target(key: "ABSK-planted"), BedrockCase.Ask()).Message!;

        Assert.Equal("Bearer ABSK-planted", message.Headers.GetValues("Authorization").Single());
        Assert.False(message.Headers.Contains("x-amz-date"));
    }

    [Fact]
    public async Task Request_WithAPair_IsSignedOverItsPathAndBody()
    {
        using var message = BedrockCase.Adapter.CreateRequest(BedrockCase.Target(key: Pair), BedrockCase.Ask()).Message!;

        var date = message.Headers.GetValues("x-amz-date").Single();
        var body = await message.Content!.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        var expected = new AwsSignature("us-east-1", "bedrock", DateTimeOffset.FromUnixTimeSeconds(1_780_000_000)).Sign(
            new AwsRequest(
                "POST",
                "/model/us.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse",
                [new("host", "bedrock-runtime.us-east-1.amazonaws.com"), new("x-amz-date", date)],
                body),
            AwsCredentials.TryParse(Pair)!);
        Assert.Equal(("20260528T202640Z", expected), (date, message.Headers.GetValues("Authorization").Single()));
        Assert.DoesNotContain("EXAMPLEKEY", message.Headers.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Request_WithATokenThatExpires_SignsAndSendsIt()
    {
        using var message = BedrockCase.Adapter.CreateRequest(BedrockCase.Target(key: Pair + ":session"), BedrockCase.Ask()).Message!;

        Assert.Equal("session", message.Headers.GetValues("x-amz-security-token").Single());
        Assert.Contains("SignedHeaders=host;x-amz-date;x-amz-security-token,", message.Headers.GetValues("Authorization").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void HealthCheck_OfAPublicHost_ListsModelsAtTheControlPlane()
    {
        using var message = BedrockCase.Adapter.CreateHealthCheck(BedrockCase.Target(key: Pair));

        Assert.Equal((HttpMethod.Get, "https://bedrock.us-east-1.amazonaws.com/foundation-models"), (message.Method, message.RequestUri!.AbsoluteUri));
        Assert.StartsWith("AWS4-HMAC-SHA256 ", message.Headers.GetValues("Authorization").Single(), StringComparison.Ordinal);
        Assert.Null(message.Content);
    }

    [Theory]
    [InlineData(false, "converse", "application/json")]
    [InlineData(true, "converse-stream", "application/vnd.amazon.eventstream")]
    public void Request_WholeOrStreamed_GoesToItsOwnRoute(bool isStream, string action, string accept)
    {
        using var message = BedrockCase.Adapter.CreateRequest(BedrockCase.Target("m"), BedrockCase.Ask($"\"stream\":{(isStream ? "true" : "false")}")).Message!;

        Assert.Equal($"/model/m/{action}", message.RequestUri!.AbsolutePath);
        Assert.Equal(accept, message.Headers.GetValues("Accept").Single());
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public void Request_WhoseModelWouldLeadElsewhere_IsRefused(string model) =>
        Assert.Equal(404, BedrockCase.Adapter.CreateRequest(BedrockCase.Target(model), BedrockCase.Ask()).Refusal?.Status);
}
