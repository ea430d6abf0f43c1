using System.Text;
using ProxyCluster.GatewayApi.Dialects;

namespace ProxyCluster.Tests.Unit.Dialects;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("plain", false)]
    [InlineData("\\n\\\"\\\\", false)]
    [InlineData("\\u00e9", false)]
    [InlineData("\\ud83d\\udc4b", false)]
    [InlineData("\\uD83D\\uDC4B\\ud83d\\udc4b", false)]
    [InlineData("\\\\ud800", false)]
    [InlineData("\\\\\\ud800", true)]
    [InlineData("\\ud800", true)]
    [InlineData("\\udc00", true)]
    [InlineData("\\udc00\\ud800", true)]
    [InlineData("\\ud83dx", true)]
    [InlineData("\\ud83d\\n", true)]
    [InlineData("\\ud83d\\ud83d", true)]
    [InlineData("\\u00e9\\uDFFF", true)]
    public void HalfPair_InAnEscape_IsFound(string text, bool expected) =>
        Assert.Equal(expected, JsonText.HasHalfPair(Encoding.UTF8.GetBytes($"\"{text}\"")));
}
