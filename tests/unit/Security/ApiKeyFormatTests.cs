using System.Text;
using CsCheck;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Tests.Unit.Security;

public sealed class ApiKeyFormatTests
{
    // Worked out independently, with Python's zlib.crc32 and arithmetic, for the random bytes 0 to 47.
    internal const string Golden = "sk-pc-xkEgOGusQGwp-3oDH4mEVFvp7u7ED6UzpF5eHPrBI5AHumY7UBpOQIJz2XywsR";

    internal static readonly byte[] GoldenRandom = [.. Enumerable.Range(0, ApiKeyFormat.RandomBytes).Select(i => (byte)i)];

    [Fact]
    public void Create_OfKnownBytes_IsTheGoldenKey()
    {
        Assert.Equal(Golden, ApiKeyFormat.Create(GoldenRandom));
        Assert.Equal(ApiKeyFormat.Length, Golden.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(ApiKeyFormat.RandomBytes - 1)]
    [InlineData(ApiKeyFormat.RandomBytes + 1)]
    public void Create_OfAnotherNumberOfBytes_Throws(int bytes) =>
        Assert.Throws<ArgumentException>(() => ApiKeyFormat.Create(new byte[bytes]));

    [Fact]
    public void Create_OfExtremes_StaysWithinTheForm()
    {
        Assert.True(ApiKeyFormat.IsWellFormed(ApiKeyFormat.Create(new byte[ApiKeyFormat.RandomBytes])));
        Assert.True(ApiKeyFormat.IsWellFormed(ApiKeyFormat.Create([.. Enumerable.Repeat((byte)255, ApiKeyFormat.RandomBytes)])));
    }

    [Fact]
    public void EveryCreatedKey_IsWellFormed_AndNoOtherKeyOneCharacterAway()
    {
        const string Characters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_ ";
        Gen.Select(
            Gen.Byte.Array[ApiKeyFormat.RandomBytes],
            Gen.Int[0, ApiKeyFormat.Length - 1],
            Gen.Char[Characters])
            .Sample((random, at, character) =>
            {
                var key = ApiKeyFormat.Create(random);
                Assert.True(ApiKeyFormat.IsWellFormed(key));
                Assert.True(ApiKeyFormat.TryReadPublicId(key, out var publicId));
                Assert.Equal(key.Substring(6, 12), publicId.ToString());
                Assert.True(ApiKeyFormat.IsPublicId(publicId));
                if (key[at] != character)
                {
                    Assert.False(ApiKeyFormat.IsWellFormed(key[..at] + character + key[(at + 1)..]));
                }
            });
    }

    [Fact]
    public void Secrets_OfDifferentBytes_Differ() =>
        Gen.Byte.Array[32].Array[2].Where(pair => !pair[0].AsSpan().SequenceEqual(pair[1]))
            .Sample(pair => Assert.NotEqual(
                ApiKeyFormat.Create([.. new byte[16], .. pair[0]]),
                ApiKeyFormat.Create([.. new byte[16], .. pair[1]])));

    [Theory]
    [InlineData("")]
    [InlineData("sk-pc-")]
    [InlineData("sk-proj-abcdefghijklmnopqrstuvwxyz")]
    [InlineData(Golden + "x")]
    [InlineData(" " + Golden)]
    [InlineData("SK-PC-xkEgOGusQGwp-3oDH4mEVFvp7u7ED6UzpF5eHPrBI5AHumY7UBpOQIJz2XywsR")]
    [InlineData("sk-pc-xkEgOGusQGwp_3oDH4mEVFvp7u7ED6UzpF5eHPrBI5AHumY7UBpOQIJz2XywsR")]
    [InlineData("sk-pc-xkEgOGusQGwp-3oDH4mEVFvp7u7ED6UzpF5eHPrBI5AHumY7UBpOQIJz2XywsS")]
    [InlineData("sk-pc-xkEgOGusQGwp-3oDH4mEVFvp7u7ED6UzpF5eHPrBI5AHumY7UBpOQIJz2Xyws\u0131")]
    [InlineData("sk-pc-xkEg-GusQGwp-3oDH4mEVFvp7u7ED6UzpF5eHPrBI5AHumY7UBpOQIJz2XywsR")]
    public void IsWellFormed_OfAnythingElse_IsFalse(string key)
    {
        Assert.False(ApiKeyFormat.IsWellFormed(key));
        Assert.False(ApiKeyFormat.IsWellFormed(Encoding.UTF8.GetBytes(key)));
    }

    [Theory]
    [InlineData("4fGh2kLmN0pQ", true)]
    [InlineData("4fGh2kLmN0p", false)]
    [InlineData("4fGh2kLmN0pQ1", false)]
    [InlineData("4fGh2kLmN0p/", false)]
    [InlineData("4fGh2kLmN0p\u00e9", false)]
    public void IsPublicId_TellsTwelveLettersAndDigits(string text, bool expected) =>
        Assert.Equal(expected, ApiKeyFormat.IsPublicId(text));
}
