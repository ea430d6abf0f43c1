using System.Text;
using ProxyCluster.GatewayApi.Providers.Bedrock;

namespace ProxyCluster.Tests.Unit.Providers.Bedrock;

/// <summary>The vectors of Amazon's "Signature Version 4 test suite" that have no query, which our requests never have.</summary>
public sealed class AwsSignatureTests
{
    private const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    private const string Token = "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

    private static readonly AwsSignature Signature = new("us-east-1", "service", new DateTimeOffset(2015, 8, 30, 12, 36, 0, TimeSpan.Zero));
    private static readonly AwsCredentials Credentials = new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", null);

    [Theory]
    [InlineData("get-vanilla", "GET", "/", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("post-vanilla", "POST", "/", "", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("get-unreserved", "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", "", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")]
    [InlineData("get-utf8", "GET", "/ሴ", "", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("get-space", "GET", "/example space/", "", "", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    [InlineData("get-header-value-trim", "GET", "/", "my-header1: value1|my-header2: \"a   b   c\"", "", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")]
    [InlineData("get-header-value-order", "GET", "/", "my-header1:value4,value1,value3,value2", "", "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01")]
    [InlineData("post-header-value-case", "POST", "/", "my-header1:VALUE1", "", "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d")]
    [InlineData("post-x-www-form-urlencoded", "POST", "/", "content-type:application/x-www-form-urlencoded", "Param1=value1", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")]
    [InlineData("post-sts-header-before", "POST", "/", "x-amz-security-token:" + Token, "", "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead")]
    public void Sign_PublishedVector_GivesItsAuthorization(string vector, string method, string path, string more, string body, string signature)
    {
        var request = Request(method, path, more, body);

        Assert.Equal(
            $"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={request.SignedHeaders}, Signature={signature}",
            Signature.Sign(request, Credentials));
        Assert.NotEmpty(vector);
    }

    [Fact]
    public void CanonicalRequest_OfTheFirstVector_IsAsPublished() => Assert.Equal(
        $"GET\n/\n\nhost:example.amazonaws.com\nx-amz-date:20150830T123600Z\n\nhost;x-amz-date\n{EmptyHash}",
        AwsSignature.CanonicalRequest(Request("GET", "/", "", "")));

    [Fact]
    public void StringToSign_OfTheFirstVector_IsAsPublished() => Assert.Equal(
        "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\nbb579772317eb040ac9ed261061d46c1f17a8133879d6129b6e1c25292927e63",
        Signature.StringToSign(Request("GET", "/", "", "")));

    [Fact]
    public void CanonicalRequest_PathThatIsEncodedAlready_IsEncodedAgain() => Assert.StartsWith(
        "POST\n/model/a%253A0/converse\n\n", AwsSignature.CanonicalRequest(Request("POST", "/model/a%3A0/converse", "", "")), StringComparison.Ordinal);

    private static AwsRequest Request(string method, string path, string more, string body)
    {
        List<KeyValuePair<string, string>> headers = [new("host", "example.amazonaws.com"), new("x-amz-date", Signature.Date)];
        foreach (var line in more.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(new(line[..colon], line[(colon + 1)..]));
        }

        headers.Sort(static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        return new AwsRequest(method, path, headers, Encoding.UTF8.GetBytes(body));
    }
}
