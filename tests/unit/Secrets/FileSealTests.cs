using System.Security.Cryptography;
using System.Text;
using ProxyCluster.Core.Secrets;

namespace ProxyCluster.Tests.Unit.Secrets;

public sealed class FileSealTests
{
    private static readonly KeyEncryptionKey Old = new(new byte[32]);
    private static readonly KeyEncryptionKey New = new(Encoding.UTF8.GetBytes(new string('n', 40)));
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("provider openai at https://api.example.com");

    [Fact]
    public void File_OfTheSamePurpose_IsItsContent() => Assert.Equal(Content, FileSeal.TryOpen(Sealed(), "snapshot", new KeyRing(Old)));

    [Fact]
    public void File_SealedBeforeARotation_IsStillOpened() => Assert.Equal(Content, FileSeal.TryOpen(Sealed(), "snapshot", new KeyRing(New, Old)));

    [Fact]
    public void File_HoldsNothingInTheClear() => Assert.DoesNotContain("openai", Encoding.Latin1.GetString(Sealed()), StringComparison.Ordinal);

    [Fact]
    public void File_OfAnotherPurposeOrUnderAnotherKek_IsPassedOver()
    {
        Assert.Null(FileSeal.TryOpen(Sealed(), "keys", new KeyRing(Old)));
        Assert.Null(FileSeal.TryOpen(Sealed(), "snapshot", new KeyRing(New)));
    }

    [Fact]
    public void File_TornAnywhereOrWithAnyBitChanged_IsPassedOver()
    {
        var whole = Sealed();
        for (var i = 0; i < whole.Length; i++)
        {
            Assert.Null(FileSeal.TryOpen(whole.AsSpan(0, i), "snapshot", new KeyRing(Old)));
            var changed = whole.ToArray();
            changed[i] ^= 1;
            Assert.Null(FileSeal.TryOpen(changed, "snapshot", new KeyRing(Old)));
        }

        Assert.Null(FileSeal.TryOpen([.. whole, 0], "snapshot", new KeyRing(Old)));
    }

    private static byte[] Sealed() => FileSeal.Seal(Content, "snapshot", Old, RandomNumberGenerator.GetBytes(FileSeal.NonceSize));
}
