using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using ProxyCluster.Core.Audit;
using ProxyCluster.Grains.Audit;
using ProxyCluster.Tests.Cluster.Support;

namespace ProxyCluster.Tests.Cluster.Audit;

/// <summary>What the first release with audit logs stored must be read by every later one. The files are never changed.</summary>
public sealed class GoldenAuditTests(ClusterFixture fixture) : IClassFixture<ClusterFixture>
{
    private static readonly DateTimeOffset At = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Guid Gateway = new("11111111-2222-3333-4444-555555555555");

    private static readonly AuditEntry Entry = new()
    {
        HappenedAt = At,
        Actor = "key:4fGh2kLmN0pQ",
        Action = "providers.update",
        Outcome = AuditOutcome.Done,
        Authentication = "api_key",
        Address = "127.0.0.1",
        Object = "openai",
        BeforeHash = "aa",
        AfterHash = "bb",
        Difference = "priority: 1 to 3",
        RequestId = "req_1",
        Detail = "detail",
        Intent = 7,
        Count = 8,
        Until = At.AddSeconds(9),
        Process = "host:1",
    };

    private Serializer Serializer => fixture.Cluster.Client.ServiceProvider.GetRequiredService<Serializer>();

    [Fact]
    public void Segment_IsRead()
    {
        var segment = Read("audit-segment.hex", new AuditSegment { Lines = ["{\"seq\":1}", "{\"seq\":2}"], Sources = [new(Gateway, 42, At)] });

        Assert.Equal(["{\"seq\":1}", "{\"seq\":2}"], segment.Lines);
        Assert.Equal(new AuditSource(Gateway, 42, At), Assert.Single(segment.Sources));
    }

    [Fact]
    public void Head_IsRead()
    {
        var head = Read("audit-head.hex", new AuditHead { First = 3, Last = 4711 });

        Assert.Equal((3, 4711), (head.First, head.Last));
    }

    [Fact]
    public void Batch_IsRead()
    {
        var batch = Read("audit-batch.hex", new AuditBatch(Gateway, 5, [Entry]));

        Assert.Equal((Gateway, 5), (batch.Gateway, batch.First));
        Assert.Equal(Entry, Assert.Single(batch.Entries));
    }

    // PROXYCLUSTER_WRITE_GOLDEN makes the file of a release, once; without it a missing file fails the test.
    private T Read<T>(string file, T example, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "..", "Golden", file);
        if (Environment.GetEnvironmentVariable("PROXYCLUSTER_WRITE_GOLDEN") is not null && !File.Exists(path))
        {
            File.WriteAllText(path, Convert.ToHexString(Serializer.SerializeToArray(example)) + "\n");
        }

        return Serializer.Deserialize<T>(Convert.FromHexString(File.ReadAllText(path).Trim()))!;
    }
}
