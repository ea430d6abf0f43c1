using ProxyCluster.GatewayApi.Providers.Bedrock;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

public sealed class BedrockEndpointTests
{
    [Theory]
    [InlineData("https://bedrock-runtime.us-east-1.amazonaws.com/", "https://bedrock.us-east-1.amazonaws.com/foundation-models", "us-east-1")]
    [InlineData("https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com/", "https://bedrock-fips.us-gov-west-1.amazonaws.com/foundation-models", "us-gov-west-1")]
    [InlineData("https://bedrock-runtime.cn-north-1.amazonaws.com.cn/", "https://bedrock.cn-north-1.amazonaws.com.cn/foundation-models", "cn-north-1")]
    [InlineData("https://vpce-0a1.bedrock-runtime.eu-west-1.vpce.amazonaws.com/", "https://vpce-0a1.bedrock-runtime.eu-west-1.vpce.amazonaws.com/foundation-models", "eu-west-1")]
    [InlineData("http://127.0.0.1:8080/aws/", "http://127.0.0.1:8080/aws/foundation-models", "configured")]
    [InlineData("https://bedrock-runtime.us-east-1.amazonaws.com.evil.example/", "https://bedrock-runtime.us-east-1.amazonaws.com.evil.example/foundation-models", "us-east-1")]
    public void Models_OfABaseUrl_AreListedAndSignedThere(string baseUrl, string models, string region)
    {
        var endpoint = BedrockEndpoint.Of(new Uri(baseUrl));

        Assert.Equal((models, region), (endpoint.ForModels().AbsoluteUri, endpoint.RegionOr("configured")));
    }

    [Theory]
    [InlineData("us.anthropic.claude-haiku-4-5-20251001-v1:0", "us.anthropic.claude-haiku-4-5-20251001-v1%3A0")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/a/b", "arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fa%2Fb")]
    [InlineData("a b?c#d%2F", "a%20b%3Fc%23d%252F")]
    public void Model_InAPath_IsOneSegment(string model, string segment) => Assert.Equal(
        $"https://bedrock-runtime.us-east-1.amazonaws.com/model/{segment}/converse",
        BedrockEndpoint.Of(new Uri("https://bedrock-runtime.us-east-1.amazonaws.com/")).ForModel(model, "converse").AbsoluteUri);

    [Theory]
    [InlineData("https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse", true)]
    [InlineData("https://bedrock.us-east-1.amazonaws.com/foundation-models", true)]
    [InlineData("https://bedrock.us-west-2.amazonaws.com/foundation-models", false)]
    [InlineData("http://bedrock.us-east-1.amazonaws.com/foundation-models", false)]
    [InlineData("https://s3.us-east-1.amazonaws.com/", false)]
    public void Key_OfAProvider_MayGoToItsTwoHostsOnly(string address, bool isOwn) => Assert.Equal(
        isOwn, BedrockCase.Adapter.IsOwnAddress(new Uri("https://bedrock-runtime.us-east-1.amazonaws.com/"), new Uri(address)));
}
