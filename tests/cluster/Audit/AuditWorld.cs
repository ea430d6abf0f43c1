using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using ProxyCluster.Core.Audit;
using ProxyCluster.GrainInterfaces.Audit;
using ProxyCluster.Grains.Audit;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Audit;

/// <summary>Logs that no other test uses.</summary>
internal static class AuditWorld
{
    private static int _logs;

    public static AuditEntry Entry(string id) => new()
    {
        HappenedAt = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero),
        Actor = "key:4fGh2kLmN0pQ",
        Action = "providers.update",
        Outcome = AuditOutcome.Done,
        Object = id,
    };

    public static LogUnderTest NewLog(this ClusterFixture cluster, string name = AuditLogs.Actions)
    {
        var log = AuditLogs.Of($"region{Interlocked.Increment(ref _logs)}", name);
        return new(log, cluster.Grains.GetGrain<IAuditGrain>(log));
    }
}

/// <summary>One log.</summary>
internal sealed record LogUnderTest(string Name, IAuditGrain Grain)
{
    public async Task<List<string>> ReadAllAsync(AuditQuery? query = null)
    {
        var lines = new List<string>();
        var page = new AuditPage([], query?.After ?? 0);
        do
        {
            page = await Grain.ReadAsync((query ?? new AuditQuery(0, 100)) with { After = page.Next });
            lines.AddRange(page.Lines);
        }
        while (page.Next != 0);
        return lines;
    }

    public async Task WriteAsync(int records) =>
        await Grain.ReportAsync(new(Guid.NewGuid(), 1, [.. Enumerable.Range(0, records).Select(i => AuditWorld.Entry($"{i}"))]));

    public AuditFault? Verify(IEnumerable<string> lines)
    {
        var verifier = new AuditVerifier(Name, ClusterFixture.AuditKeys, []);
        foreach (var line in lines)
        {
            if (verifier.Check(line) is { } fault)
            {
                return fault;
            }
        }

        return verifier.Finish(fromItsBeginning: true, toItsEnd: true);
    }

    /// <summary>Stored bytes of a segment whose last line is cut.</summary>
    public static byte[] Damage(byte[] stored, ClusterFixture cluster)
    {
        var serializer = cluster.Cluster.Client.ServiceProvider.GetRequiredService<Serializer>();
        var segment = serializer.Deserialize<AuditSegment>(stored)!;
        segment.Lines = [.. segment.Lines[..^1], segment.Lines[^1][..^9]];
        return serializer.SerializeToArray(segment);
    }
}
