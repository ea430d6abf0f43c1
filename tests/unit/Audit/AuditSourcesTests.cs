using ProxyCluster.Core.Audit;

namespace ProxyCluster.Tests.Unit.Audit;

public sealed class AuditSourcesTests
{
    private readonly AuditSources _sources = new();

    [Fact]
    public void Batch_ToldAgain_IsCountedToItsLastEntryAndNoFurther()
    {
        var batch = new AuditBatch(Guid.NewGuid(), 1, [AuditWorld.Entry(), AuditWorld.Entry(), AuditWorld.Entry()]);
        Assert.Equal(0, _sources.Counted(batch));

        _sources.Count(batch.Gateway, 2, AuditWorld.Noon);

        Assert.Equal(2, _sources.Counted(batch));
        Assert.Equal(0, _sources.Counted(batch with { Gateway = Guid.NewGuid() }));
        Assert.Equal(0, _sources.Counted(batch with { First = 4 }));
        var restored = new AuditSources();
        restored.Load(_sources.ToStored());
        Assert.Equal(2, restored.Counted(batch));
    }

    [Fact]
    public void Processes_BeyondTheBound_AreForgottenByTheirSilence()
    {
        var gateways = Enumerable.Range(0, AuditSources.Most + 1).Select(_ => Guid.NewGuid()).ToList();
        for (var i = 0; i < gateways.Count; i++)
        {
            _sources.Count(gateways[i], 1, AuditWorld.Noon.AddSeconds(i));
        }

        Assert.Equal(AuditSources.Most, _sources.ToStored().Length);
        Assert.DoesNotContain(_sources.ToStored(), source => source.Gateway == gateways[0]);
    }
}
