using System.Security.Cryptography;
using ProxyCluster.Core.Audit;

namespace ProxyCluster.Tests.Unit.Audit;

public sealed class AuditAnchorTests
{
    private static readonly AuditAnchor Anchor = new("eu-west/actions", 42, new string('a', 64), AuditWorld.Noon);

    [Fact]
    public void Anchor_WrittenAndRead_IsTheSame()
    {
        Assert.True(AuditAnchor.TryRead(Anchor.Write(), out var read));
        Assert.Equal(Anchor, read);
        Assert.False(AuditAnchor.TryRead("not an anchor", out _));
        Assert.False(AuditAnchor.TryRead("{}", out _));
    }

    [Fact]
    public void Signature_OfAnyOtherAnchor_DoesNotHold()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signed = Anchor.Sign(key);
        Assert.True(AuditAnchor.TryRead(signed.Write(), out var read));

        Assert.True(read.IsSignedBy(key));
        Assert.False(read.IsSignedBy(other));
        Assert.False((read with { Seq = 43 }).IsSignedBy(key));
        Assert.False((read with { Hash = new string('b', 64) }).IsSignedBy(key));
        Assert.False((read with { Log = "us-east/actions" }).IsSignedBy(key));
        Assert.False((read with { Signature = null }).IsSignedBy(key));
        Assert.False((read with { Signature = "%%%" }).IsSignedBy(key));
    }
}
