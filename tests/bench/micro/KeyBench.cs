using BenchmarkDotNet.Attributes;
using ProxyCluster.Core.Security;

namespace ProxyCluster.Bench.Micro;

/// <summary>The keyed hash of a credential, and the look-up by it.</summary>
public class KeyBench
{
    private readonly byte[] _pepper = new byte[32];
    private readonly Dictionary<UInt128, int> _known = [];
    private string _key = "";

    [Params(10, 10_000)]
    public int Keys { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        var bytes = new byte[ApiKeyFormat.RandomBytes];
        random.NextBytes(_pepper);
        for (var i = 0; i < Keys; i++)
        {
            random.NextBytes(bytes);
            _key = ApiKeyFormat.Create(bytes);
            _known[KeyHash.Of(_pepper, _key).Prefix] = i;
        }
    }

    [Benchmark]
    public bool CheckForm() => ApiKeyFormat.IsWellFormed(_key);

    [Benchmark]
    public int HashAndFind() => _known.GetValueOrDefault(KeyHash.Of(_pepper, _key).Prefix, -1);
}
