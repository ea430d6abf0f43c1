using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ProxyCluster.Core.Configuration;
using ProxyCluster.Tests.Support.Upstream;

namespace ProxyCluster.Tests.Http.ConnectionPools;

/// <summary>What opening ahead saves a burst of requests to a host of TLS.</summary>
public sealed class WaitTests
{
    private const int Burst = 20;

    [Theory]
    [InlineData(0, Burst)]
    [InlineData(Burst, 0)]
    public async Task Burst_AtAHost_OpensOnDemandOnlyWhatIsNotReady(int size, long onDemand)
    {
        using var certificates = new Certificates();
        using var certificate = certificates.Sign(HeldUpstream.Name);
        await MeasureAsync(0, certificates, certificate, Tell("to warm up", 0));

        var opened = await MeasureAsync(size, certificates, certificate, Tell("with", size));

        Assert.Equal(onDemand, opened);
    }

    private static async Task<long> MeasureAsync(int size, Certificates certificates, X509Certificate2 certificate, Action<IReadOnlyList<double>> tell)
    {
        await using var upstream = await HeldUpstream.StartAsync(certificate, HttpProtocols.Http1);
        await using var pools = new PoolCase(new PoolOptions { MinSize = size }, TimeProvider.System);
        var provider = PoolCase.Define(upstream, authorities: certificates.AuthorityFile);
        pools.Know(provider);
        await pools.TendAsync();

        var streams = await Task.WhenAll(Enumerable.Range(0, Burst).Select(_ => pools.BeginAsync(provider, PoolCase.Cancel)));
        await upstream.AtOnceAsync(Burst).WaitAsync(PoolCase.Patience, PoolCase.Cancel);
        Array.ForEach(streams, stream => stream.Dispose());
        tell(pools.Waits);
        return pools.Figures.OpenedOnDemand;
    }

    private static Action<IReadOnlyList<double>> Tell(string what, int size) => waits =>
    {
        var sorted = waits.Order().ToArray();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Burst} requests at once, {what} {size} ready: waits for a connection median {sorted[sorted.Length / 2] * 1000:0.00} ms, longest {sorted[^1] * 1000:0.00} ms."));
    };
}
