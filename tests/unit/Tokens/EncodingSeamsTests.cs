using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Tokens;

public sealed class EncodingSeamsTests
{
    [Fact]
    public void Seam_IsNotWhereATokenJoinsTwoCharacters()
    {
        var seams = new EncodingSeams([Bytes("中国人")]);

        Assert.False(seams.IsBetween('中', '国'));
        Assert.False(seams.IsBetween('国', '人'));
        Assert.True(seams.IsBetween('人', '中'));
        Assert.True(seams.IsBetween('中', '人'));
    }

    [Fact]
    public void Seam_IsNotWhereATokenHoldsAPartOfACharacter()
    {
        byte[] people = [.. "人"u8], country = [.. "国"u8];
        var beginning = new EncodingSeams([(byte[])[.. people, .. country.AsSpan(0, 2)]]);
        var firstByte = new EncodingSeams([(byte[])[.. people, country[0]]]);
        var end = new EncodingSeams([(byte[])[.. people.AsSpan(1), .. country]]);
        var lastByte = new EncodingSeams([(byte[])[people[2], .. country]]);
        var both = new EncodingSeams([(byte[])[people[2], country[0]]]);

        Assert.All([beginning, firstByte, end, lastByte, both], seams => Assert.False(seams.IsBetween('人', '国')));
        Assert.All([beginning, firstByte, end, lastByte, both], seams => Assert.True(seams.IsBetween('国', '人')));
    }

    [Fact]
    public void Seam_IsBetweenEastAsianCharactersOnly()
    {
        var seams = new EncodingSeams([]);

        Assert.True(seams.IsBetween('中', '国'));
        Assert.False(seams.IsBetween('a', '国'));
        Assert.False(seams.IsBetween('中', ' '));
        Assert.False(seams.IsBetween('\ud83d', '\ude42'));
    }

    private static ReadOnlyMemory<byte> Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);
}
