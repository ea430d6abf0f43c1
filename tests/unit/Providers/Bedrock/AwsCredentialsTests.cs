using ProxyCluster.GatewayApi.Providers.Bedrock;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

public sealed class AwsCredentialsTests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    [Theory]
    [InlineData("AKIAIOSFODNN7EXAMPLE:" + Secret, null)]
    [InlineData("ASIAIOSFODNN7EXAMPLE:" + Secret + ":token/with+signs==", "token/with+signs==")]
    public void Key_OfParts_IsRead(string key, string? token)
    {
        var credentials = AwsCredentials.TryParse(key)!;

        Assert.Equal((key[..20], Secret, token), (credentials.AccessKeyId, credentials.Reveal(), credentials.SessionToken));
    }

    [Fact]
    public void Key_AsAwsToolsWriteIt_IsRead()
    {
        var credentials = AwsCredentials.TryParse(
            """{"Version":1,"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"s3cret","SessionToken":"t0ken","Expiration":"2030-01-01T00:00:00Z"}""")!;

        Assert.Equal(("ASIAEXAMPLE", "s3cret", "t0ken"), (credentials.AccessKeyId, credentials.Reveal(), credentials.SessionToken));
    }

    [Theory]
    [InlineData("ABSKQmVkcm9ja0FQSUtleS1leGFtcGxl")]
    [InlineData("bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29tLz9BY3Rpb249Q2FsbFdpdGhCZWFyZXJUb2tlbg==&Version=1")]
    [InlineData("{\"AccessKeyId\":\"A\"}")]
    [InlineData("{not json")]
    [InlineData("")]
    public void Key_OfBedrockItself_IsNoCredentials(string key) => Assert.Null(AwsCredentials.TryParse(key));

    [Fact]
    public void Credentials_Printed_ShowNothing() =>
        Assert.Equal("***", $"{AwsCredentials.TryParse("AKIAIOSFODNN7EXAMPLE:" + Secret)}");
}
