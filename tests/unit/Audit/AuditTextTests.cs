using ProxyCluster.Core.Audit;

namespace ProxyCluster.Tests.Unit.Audit;

public sealed class AuditTextTests
{
    [Theory]
    [InlineData("sk-pc-4fGh2kLmN0pQ-0123456789abcdefABCDEF0123456789abcdefABCDEF0123", "***")]
    [InlineData("key sk-proj-abcdefghijklmnopqrstuvwx here", "key *** here")]
    [InlineData("sk-ant-api03-abcdefghijklmnop", "***")]
    [InlineData("AIzaSyA0123456789abcdefghijklmnopqrstuv", "***")]
    [InlineData("gsk_abcdefghijklmnop0123", "***")]
    [InlineData("AKIAIOSFODNN7EXAMPLE", "***")]
    [InlineData("Authorization: Bearer abc.defghi", "Authorization: ***")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln", "***")]
    [InlineData("provider skyline-of-the-east-coast", "provider skyline-of-the-east-coast")]
    [InlineData("key:4fGh2kLmN0pQ", "key:4fGh2kLmN0pQ")]
    [InlineData("providers.update", "providers.update")]
    public void Text_ThatHoldsAKey_DoesNotHoldItAnyMore(string text, string clean) => Assert.Equal(clean, AuditText.Clean(text, AuditText.MostTextBytes));

    [Fact]
    public void Text_ThatIsTooLong_IsCutByItsBytesInJson()
    {
        Assert.Equal(new string('a', 10), AuditText.Clean(new string('a', 500), 10));
        Assert.Equal("éé", AuditText.Clean(new string('é', 500), 17));
        Assert.Equal("a", AuditText.Clean("a\U0001F600", 12));
    }

    [Fact]
    public void Text_WithHalfAPair_IsStillText() => Assert.Equal("a\ufffdb", AuditText.Clean("a\ud83db", 100));
}
