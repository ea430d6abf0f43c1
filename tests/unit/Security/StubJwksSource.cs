using ProxyCluster.GatewayApi.Security;

namespace ProxyCluster.Tests.Unit.Security;

/// <summary>An issuer's key set in memory.</summary>
internal sealed class StubJwksSource : IJwksSource
{
    private int _fetches;

    /// <summary>What it answers.</summary>
    public string Json { get; set; } = """{"keys":[]}""";

    /// <summary>Why it does not answer; <see langword="null"/>: it does.</summary>
    public string? Fault { get; set; }

    /// <summary>What is waited for before it answers.</summary>
    public Task Silence { get; set; } = Task.CompletedTask;

    public int Fetches => Volatile.Read(ref _fetches);

    public async Task<string> FetchAsync(Uri address, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _fetches);
        await Silence.WaitAsync(cancellationToken);
        return Fault is null ? Json : throw new JwksException(Fault);
    }
}
