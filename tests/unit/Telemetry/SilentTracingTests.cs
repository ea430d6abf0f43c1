using ProxyCluster.GatewayApi.Telemetry;

namespace ProxyCluster.Tests.Unit.Telemetry;

/// <summary>Tracing that nobody listens to: no test of this program listens.</summary>
public sealed class SilentTracingTests
{
    [Fact]
    public void Spans_WithoutAListener_AreNotMadeAndCostNoMemory()
    {
        MakeAll();
        var before = GC.GetAllocatedBytesForCurrentThread();

        for (var i = 0; i < 1000; i++)
        {
            Assert.False(MakeAll());
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // Without a listener nothing of the request is looked at.
    private static bool MakeAll()
    {
        using var stage = GatewayTracing.Stage(GatewayTracing.Limit);
        using var attempt = GatewayTracing.BeginAttempt(null!, null!, null!);
        GatewayTracing.FirstContent(attempt);
        GatewayTracing.EndAttempt(attempt, default);
        GatewayTracing.DescribeRequest(null!, 200);
        return stage is not null || attempt is not null;
    }
}
