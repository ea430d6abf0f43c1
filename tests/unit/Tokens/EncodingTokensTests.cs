using System.Text;
using Microsoft.ML.Tokenizers;
using ProxyCluster.Core.Tokens;

namespace ProxyCluster.Tests.Unit.Tokens;

public sealed class EncodingTokensTests
{
    [Theory]
    [InlineData("o200k_base", "Microsoft.ML.Tokenizers.Data.O200kBase", 199_998)]
    [InlineData("cl100k_base", "Microsoft.ML.Tokenizers.Data.Cl100kBase", 100_256)]
    public void Tokens_HaveTheLibrarysRanks(string encoding, string package, int count)
    {
        var tokens = EncodingTokens.Read(encoding, package);
        var library = TiktokenTokenizer.CreateForEncoding(encoding);
        var all = tokens.All.ToArray();

        Assert.Equal(count, all.Length);
        for (var rank = 0; rank < count; rank++)
        {
            Assert.Equal(rank, tokens.Find(all[rank].Span));
            Assert.Equal(library.Decode([rank]), Encoding.UTF8.GetString(all[rank].Span));
        }
    }

    [Fact]
    public void Bytes_ThatAreNoToken_AreNotFound()
    {
        var tokens = EncodingTokens.Read("o200k_base", "Microsoft.ML.Tokenizers.Data.O200kBase");

        Assert.Equal(-1, tokens.Find("proxycluster"u8));
        Assert.Equal(-1, tokens.Find("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"u8));
        Assert.Equal(-1, tokens.Find([]));
    }
}
