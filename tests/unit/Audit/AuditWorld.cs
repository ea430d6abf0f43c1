using ProxyCluster.Core.Audit;

namespace ProxyCluster.Tests.Unit.Audit;

/// <summary>A log as its writer makes it, and as a verifier sees it after someone had his hands on it.</summary>
internal static class AuditWorld
{
    public const string Log = "local/actions";

    public static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static AuditKeys Keys(byte seed = 7) => new(Enumerable.Repeat(seed, 32).ToArray());

    public static AuditEntry Entry(int number = 0) => new()
    {
        HappenedAt = Noon,
        Actor = "key:4fGh2kLmN0pQ",
        Authentication = "api_key",
        Address = "127.0.0.1",
        Action = "providers.update",
        Object = $"provider-{number}",
        RequestId = $"req-{number}",
        Outcome = AuditOutcome.Done,
    };

    /// <summary>As many records as asked for, one a minute.</summary>
    public static List<string> Write(int records, AuditKeys? keys = null, AuditChain? chain = null)
    {
        chain ??= new AuditChain(Log, keys ?? Keys());
        var lines = new List<string>();
        for (var i = 0; i < records; i++)
        {
            var addition = chain.Plan([Entry(i)], Noon.AddMinutes(chain.Tail.Seq));
            chain.Apply(addition);
            lines.AddRange(addition.Lines);
        }

        return lines;
    }

    /// <summary>What a verifier says of the whole log.</summary>
    public static AuditFault? Verify(IEnumerable<string> lines, IEnumerable<AuditAnchor>? anchors = null, AuditKeys? keys = null)
    {
        var verifier = new AuditVerifier(Log, keys ?? Keys(), anchors ?? []);
        foreach (var line in lines)
        {
            if (verifier.Check(line) is { } fault)
            {
                return fault;
            }
        }

        return verifier.Finish(fromItsBeginning: true, toItsEnd: true);
    }

    /// <summary>The anchor of a record.</summary>
    public static AuditAnchor AnchorOf(string line)
    {
        Assert.True(AuditLine.TrySplit(line, out _, out var hash));
        return new(Log, AuditLine.Read(line)!.Seq, hash, Noon.AddDays(1));
    }
}
