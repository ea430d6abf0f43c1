using System.Text;
using System.Text.Json;
using CsCheck;
using ProxyCluster.GatewayApi.Hooks;

namespace ProxyCluster.Tests.Unit.Hooks;

public sealed class JsonStringsTests
{
    [Fact]
    public void Text_OfAnyCharacters_ComesBackFromJson() => Gen.Char.Array[0, 30].Sample(
        characters =>
        {
            var text = new string(characters);

            Assert.Equal(text, JsonStrings.Decode(JsonStrings.Quote(text)));
        },
        iter: 1000,
        threads: 1);

    [Fact]
    public void Text_WithoutHalfPairs_IsReadAsOthersReadIt() => Gen.String.Where(text => !text.Any(char.IsSurrogate)).Sample(
        text =>
        {
            Assert.Equal(text, JsonSerializer.Deserialize<string>(JsonStrings.Quote(text)));
            Assert.Equal(text, JsonStrings.Decode(JsonSerializer.SerializeToUtf8Bytes(text)));
        },
        iter: 1000,
        threads: 1);

    [Theory]
    [InlineData("""
        "a\/\b\f\n\r\t\"\\é\u00e9"
        """, "a/\b\f\n\r\t\"\\éé")]
    [InlineData("""
        ""
        """, "")]
    public void Escapes_AreRead(string json, string expected) => Assert.Equal(expected, JsonStrings.Decode(Encoding.UTF8.GetBytes(json.Trim())));

    [Fact]
    public void HalfAPair_IsRead() => Assert.Equal([0xD83D], JsonStrings.Decode("\"\\ud83d\""u8).Select(static unit => (int)unit));
}
