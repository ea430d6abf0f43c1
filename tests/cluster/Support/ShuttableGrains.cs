using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using ProxyCluster.Core.Providers;
using ProxyCluster.Core.Resilience;
using ProxyCluster.GrainInterfaces.Providers;
using ProxyCluster.GrainInterfaces.Routing;

namespace ProxyCluster.Tests.Cluster.Support;

/// <summary>The way from a gateway to its grains, which a test can shut, or on which answers get lost.</summary>
internal sealed class ShuttableGrains
{
    private volatile bool _isShut;
    private volatile bool _losesAnswers;

    public ShuttableGrains(IGrainFactory inner)
    {
        Factory = DispatchProxy.Create<IGrainFactory, FactoryProxy>();
        MoveTo(inner);
    }

    public IGrainFactory Factory { get; }

    /// <summary>The gateway connects to another silo, as it does when its own is lost.</summary>
    public void MoveTo(IGrainFactory silo) => ((FactoryProxy)(object)Factory).Use(this, silo);

    /// <summary>Nothing arrives.</summary>
    public bool IsShut
    {
        get => _isShut;
        set => _isShut = value;
    }

    /// <summary>Calls arrive and run; their answers do not come back.</summary>
    public bool LosesAnswers
    {
        get => _losesAnswers;
        set => _losesAnswers = value;
    }

    private async ValueTask<T> Pass<T>(Func<ValueTask<T>> call)
    {
        if (_isShut)
        {
            throw new SiloUnavailableException("The test has shut the door.");
        }

        var answer = await call();
        return _losesAnswers ? throw new TimeoutException("The test has lost the answer.") : answer;
    }

    private async ValueTask Pass(Func<ValueTask> call) => await Pass(async () =>
    {
        await call();
        return true;
    });

    [SuppressMessage("Performance", "CA1852", Justification = "DispatchProxy derives from it at run time.")]
    internal class FactoryProxy : DispatchProxy
    {
        private ShuttableGrains? _door;
        private volatile IGrainFactory? _inner;

        public void Use(ShuttableGrains door, IGrainFactory inner) => (_door, _inner) = (door, inner);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Invoke(_inner, args) switch
        {
            IRoutingTableGrain table => new Table(_door!, table),
            IRoutingRelayGrain relay => new Relay(_door!, relay),
            IProviderGrain provider => new Provider(_door!, provider),
            var other => other,
        };
    }

    private sealed class Table(ShuttableGrains door, IRoutingTableGrain inner) : IRoutingTableGrain
    {
        public ValueTask<FilePublication> PublishFileAsync(FileDefinitions file) => door.Pass(() => inner.PublishFileAsync(file));

        public ValueTask UpsertAsync(ProviderDefinition definition) => door.Pass(() => inner.UpsertAsync(definition));

        public ValueTask DropAsync(string provider) => door.Pass(() => inner.DropAsync(provider));

        public ValueTask ScoreAsync(ProviderScores scores) => door.Pass(() => inner.ScoreAsync(scores));

        public ValueTask<RoutingUpdate> RelayAsync(RelayPoll poll) => door.Pass(() => inner.RelayAsync(poll));

        public ValueTask<RoutingTableStatus> StatusAsync() => door.Pass(inner.StatusAsync);
    }

    private sealed class Relay(ShuttableGrains door, IRoutingRelayGrain inner) : IRoutingRelayGrain
    {
        public ValueTask<RoutingUpdate> PollAsync(RoutingPoll poll) => door.Pass(() => inner.PollAsync(poll));
    }

    private sealed class Provider(ShuttableGrains door, IProviderGrain inner) : IProviderGrain
    {
        public ValueTask<ProviderDescription?> DescribeAsync() => door.Pass(inner.DescribeAsync);

        public ValueTask<DefinitionChange> SetAsync(ProviderDefinition definition, long? expectedVersion) =>
            door.Pass(() => inner.SetAsync(definition, expectedVersion));

        public ValueTask<DefinitionChange> RemoveAsync(long? expectedVersion, DefinitionSource source) =>
            door.Pass(() => inner.RemoveAsync(expectedVersion, source));

        public ValueTask<ProbePermit> TryProbeAsync(ProbeKind kind) => door.Pass(() => inner.TryProbeAsync(kind));

        public ValueTask ReportAsync(OutcomeBatch batch) => door.Pass(() => inner.ReportAsync(batch));

        public ValueTask<SlotGrant> RenewSlotsAsync(SlotRequest request) => door.Pass(() => inner.RenewSlotsAsync(request));
    }
}
