using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ProxyCluster.GatewayApi.Providers.Gemini;

namespace ProxyCluster.Tests.Unit.Providers.Gemini;

public sealed class ServiceAccountTests
{
    [Fact]
    public void Assertion_IsSignedAndSaysWhoAsksForWhat()
    {
        Assert.True(ServiceAccount.TryParse(TestAccount.File(), out var account));

        var parts = account.Sign(DateTimeOffset.FromUnixTimeSeconds(GeminiCase.Now)).Split('.');

        Assert.Equal(3, parts.Length);
        GeminiCase.AssertJson("""{"alg":"RS256","typ":"JWT","kid":"kid-1"}""", JsonNode.Parse(Base64Url.DecodeFromChars(parts[0])));
        GeminiCase.AssertJson($$"""
            {"iss":"robot@acme.iam.gserviceaccount.com","scope":"https://www.googleapis.com/auth/cloud-platform","aud":"https://oauth2.googleapis.com/token",
             "iat":{{GeminiCase.Now}},"exp":{{GeminiCase.Now + 3600}} }
            """, JsonNode.Parse(Base64Url.DecodeFromChars(parts[1])));
        Assert.True(TestAccount.Key.VerifyData(
            Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"client_email":"a@b","private_key":"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"}""")]
    [InlineData("""{"client_email":"a@b","private_key":"none"}""")]
    public void File_ThatIsNoAccount_IsNotRead(string file) => Assert.False(ServiceAccount.TryParse(file, out _));

    [Fact]
    public void File_ThatWouldAskInTheClear_IsNotRead() => Assert.False(ServiceAccount.TryParse(TestAccount.File("http://example.com/token"), out _));
}
