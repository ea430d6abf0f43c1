using CsCheck;
using ProxyCluster.Core.Audit;

namespace ProxyCluster.Tests.Unit.Audit;

/// <summary>Whatever is done to a log, whoever verifies it hears of the first record that is not what was written.</summary>
public sealed class AuditVerifierTests
{
    private const int Records = 300;

    [Fact]
    public void Log_AsItWasWritten_IsGood()
    {
        var lines = AuditWorld.Write(Records);

        Assert.Null(AuditWorld.Verify(lines, [AuditWorld.AnchorOf(lines[0]), AuditWorld.AnchorOf(lines[127]), AuditWorld.AnchorOf(lines[^1])]));
    }

    [Fact]
    public void Byte_FlippedAnywhere_IsFoundInItsRecord()
    {
        var lines = AuditWorld.Write(140);
        Gen.Select(Gen.Int[0, lines.Count - 1], Gen.Int[0, 10_000], Gen.Int[1, 127]).Sample((record, position, flip) =>
        {
            var line = lines[record].ToCharArray();
            line[position % line.Length] ^= (char)flip;
            var changed = new List<string>(lines) { [record] = new string(line) };

            // A damaged first line does not even say which record it is.
            Assert.InRange(AuditWorld.Verify(changed)!.Seq, record == 0 ? 0 : record + 1, record + 1);
        });
    }

    [Theory]
    [InlineData("\"seq\"")]
    [InlineData("\"at\"")]
    [InlineData("\"log\"")]
    [InlineData("\"key\"")]
    [InlineData("\"happened\"")]
    [InlineData("\"hash\"")]
    public void Member_Renamed_IsFoundInItsRecord(string member)
    {
        var lines = AuditWorld.Write(3);
        lines[1] = lines[1].Replace(member, "\"other\"", StringComparison.Ordinal);

        Assert.Equal(2, AuditWorld.Verify(lines)!.Seq);
    }

    [Fact]
    public void Record_DeletedInTheMiddle_IsNamed()
    {
        var lines = AuditWorld.Write(Records);
        lines.RemoveAt(149);

        Assert.Equal(150, AuditWorld.Verify(lines)!.Seq);
    }

    [Fact]
    public void Segment_DeletedInTheMiddle_IsNamed()
    {
        var lines = AuditWorld.Write(Records);
        lines.RemoveRange(AuditLogs.SegmentRecords, AuditLogs.SegmentRecords);

        Assert.Equal(AuditLogs.SegmentRecords + 1, AuditWorld.Verify(lines)!.Seq);
    }

    [Fact]
    public void Beginning_Deleted_IsNamed()
    {
        var lines = AuditWorld.Write(Records);

        Assert.Equal(1, AuditWorld.Verify(lines.Skip(AuditLogs.SegmentRecords))!.Seq);
    }

    [Fact]
    public void Beginning_ThatHasExpired_IsNoFault()
    {
        var chain = new AuditChain(AuditWorld.Log, AuditWorld.Keys());
        var lines = AuditWorld.Write(150, chain: chain);
        var expiry = chain.Plan([AuditExpiry.Entry(AuditLogs.SegmentRecords, AuditWorld.Noon)], AuditWorld.Noon.AddDays(1));
        lines.AddRange(expiry.Lines);

        Assert.Null(AuditWorld.Verify(lines.Skip(AuditLogs.SegmentRecords)));
    }

    [Fact]
    public void Tail_Deleted_IsFoundByAnAnchorAlone()
    {
        var lines = AuditWorld.Write(Records);
        var anchor = AuditWorld.AnchorOf(lines[^1]);
        var cut = lines.Take(200).ToList();

        Assert.Null(AuditWorld.Verify(cut));
        Assert.Equal(201, AuditWorld.Verify(cut, [anchor])!.Seq);
    }

    [Fact]
    public void Log_DeletedWhole_IsFoundByAnAnchor() =>
        Assert.Equal(1, AuditWorld.Verify([], [AuditWorld.AnchorOf(AuditWorld.Write(5)[^1])])!.Seq);

    [Fact]
    public void Records_InAnotherOrder_AreNamed()
    {
        var lines = AuditWorld.Write(Records);
        (lines[9], lines[10]) = (lines[10], lines[9]);

        Assert.Equal(10, AuditWorld.Verify(lines)!.Seq);
    }

    [Fact]
    public void Record_Repeated_IsNamed()
    {
        var lines = AuditWorld.Write(20);
        lines.Insert(10, lines[9]);

        Assert.Equal(11, AuditWorld.Verify(lines)!.Seq);
    }

    [Fact]
    public void Tail_ReplacedByWhoHasNoSecret_IsNamed()
    {
        var lines = AuditWorld.Write(150);
        var forger = new AuditChain(AuditWorld.Log, AuditWorld.Keys(seed: 8));
        forger.Resume(TailOf(lines[99]));
        var forged = lines.Take(100).Concat(AuditWorld.Write(50, chain: forger));

        Assert.Equal(101, AuditWorld.Verify(forged)!.Seq);
    }

    [Fact]
    public void Tail_ReplacedUnderTheNameOfTheSecret_IsNamed()
    {
        var lines = AuditWorld.Write(150);
        var forger = new AuditChain(AuditWorld.Log, AuditWorld.Keys(seed: 8));
        forger.Resume(TailOf(lines[99]));
        var forged = AuditWorld.Write(50, chain: forger).Select(line => line.Replace(AuditWorld.Keys(8).CurrentId, AuditWorld.Keys().CurrentId, StringComparison.Ordinal));

        Assert.Equal(101, AuditWorld.Verify(lines.Take(100).Concat(forged))!.Seq);
    }

    [Fact]
    public void Tail_ReplacedAndWrittenOnByWhoHasTheSecret_IsFoundByAnAnchorAlone()
    {
        var lines = AuditWorld.Write(150);
        var anchors = new[] { AuditWorld.AnchorOf(lines[89]), AuditWorld.AnchorOf(lines[129]) };
        var insider = new AuditChain(AuditWorld.Log, AuditWorld.Keys());
        insider.Resume(TailOf(lines[99]));
        var first = insider.Plan([AuditWorld.Entry() with { Actor = "key:someoneElse0" }], AuditWorld.Noon.AddMinutes(100));
        insider.Apply(first);
        var forged = lines.Take(100).Concat(first.Lines).Concat(AuditWorld.Write(60, chain: insider)).ToList();

        Assert.Null(AuditWorld.Verify(forged));
        var fault = AuditWorld.Verify(forged, anchors)!;
        Assert.Equal(130, fault.Seq);
        Assert.Contains("what follows 90", fault.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Backup_RestoredAndWrittenOn_IsFoundByAnAnchorAlone()
    {
        var chain = new AuditChain(AuditWorld.Log, AuditWorld.Keys());
        var backup = AuditWorld.Write(40, chain: chain);
        var tail = chain.Tail;
        var anchor = AuditWorld.AnchorOf(AuditWorld.Write(20, chain: chain)[^1]);
        chain.Resume(tail);
        var restored = backup.Concat([.. chain.Plan([AuditWorld.Entry(99)], AuditWorld.Noon.AddHours(9)).Lines]).ToList();

        Assert.Null(AuditWorld.Verify(restored));
        Assert.Equal(42, AuditWorld.Verify(restored, [anchor])!.Seq);
        chain.Apply(chain.Plan([AuditWorld.Entry(99)], AuditWorld.Noon.AddHours(9)));
        Assert.Equal(60, AuditWorld.Verify([.. restored, .. AuditWorld.Write(30, chain: chain)], [anchor])!.Seq);
    }

    [Fact]
    public void Record_OfAnotherLog_IsNamed()
    {
        var other = new AuditChain("local/events", AuditWorld.Keys());

        Assert.Equal(1, AuditWorld.Verify(AuditWorld.Write(3, chain: other))!.Seq);
    }

    [Fact]
    public void Record_WithoutASecret_IsNamedWhereThereIsOne()
    {
        var unsealed = AuditWorld.Write(3, new AuditKeys([]));

        Assert.Equal(1, AuditWorld.Verify(unsealed)!.Seq);
        Assert.Null(AuditWorld.Verify(unsealed, keys: new AuditKeys([])));
    }

    [Fact]
    public void Record_OfAnEarlierSecret_IsGoodWhereThatIsKnown()
    {
        var old = Enumerable.Repeat((byte)7, 32).ToArray();
        var chain = new AuditChain(AuditWorld.Log, AuditWorld.Keys());
        var lines = AuditWorld.Write(10, chain: chain);
        var renewed = new AuditKeys(Enumerable.Repeat((byte)9, 32).ToArray(), [old]);
        var next = new AuditChain(AuditWorld.Log, renewed);
        next.Resume(chain.Tail);
        lines.AddRange(AuditWorld.Write(10, chain: next));

        Assert.Null(AuditWorld.Verify(lines, keys: renewed));
        Assert.Equal(11, AuditWorld.Verify(lines)!.Seq);
    }

    [Fact]
    public void Part_ThatBeginsWithASegment_IsProvenFromItsFirstRecord()
    {
        var lines = AuditWorld.Write(Records);
        var verifier = new AuditVerifier(AuditWorld.Log, AuditWorld.Keys(), []);

        Assert.All(lines.Skip(AuditLogs.SegmentRecords), line => Assert.Null(verifier.Check(line)));

        Assert.Equal((Records - AuditLogs.SegmentRecords, false), (verifier.Checked, verifier.BeginsUnproven));
        Assert.Null(verifier.Finish(fromItsBeginning: false, toItsEnd: true));
    }

    private static AuditTail TailOf(string line)
    {
        Assert.True(AuditLine.TrySplit(line, out _, out var hash));
        var record = AuditLine.Read(line)!;
        return new(record.Seq, hash, record.At);
    }
}
