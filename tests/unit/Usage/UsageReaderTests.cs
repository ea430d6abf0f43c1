using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using ProxyCluster.Core.Usage;
using ProxyCluster.GatewayApi.Usage;
using ProxyCluster.GrainInterfaces.Usage;
using ProxyCluster.Tests.Unit.Security;

namespace ProxyCluster.Tests.Unit.Usage;

public sealed class UsageReaderTests
{
    private static readonly UsageQuery Query = new(UsageDimension.Model, "key:abc", null, 10);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 26, 23, 0, 0, TimeSpan.Zero));
    private readonly List<string> _asked = [];

    [Theory]
    [InlineData("2026-11-25", "2026-11-26", "2026-11-25 2026-11-26")]
    [InlineData("2026-11-26", "2026-12-31", "2026-11-26 2026-11-27")]
    [InlineData("2025-12-01", "2026-01-02", "2026-01-01 2026-01-02")]
    [InlineData("0001-01-01", "0001-03-01", "")]
    [InlineData("2026-11-28", "2026-12-01", "")]
    [InlineData("9999-12-01", "9999-12-31", "")]
    public async Task Days_ThatCanHaveALedger_AreAskedAlone(string from, string to, string expected)
    {
        var (grains, stub) = StubGrainFactory.Create();
        stub.Missing = (_, key) =>
        {
            lock (_asked)
            {
                _asked.Add(key.Split('/')[0]);
            }

            return new EmptyLedger();
        };

        await new UsageReader(grains, _clock).ReadAsync(Query, DateOnly.Parse(from, null), DateOnly.Parse(to, null), TestContext.Current.CancellationToken);

        Assert.Equal(expected, string.Join(' ', _asked.Order()));
    }

    private sealed class EmptyLedger : IUsageLedgerGrain
    {
        public ValueTask ReportAsync(UsageBatch batch) => default;

        public ValueTask<ImmutableArray<UsageGroup>> ReadAsync(UsageQuery query) => new([]);
    }
}
